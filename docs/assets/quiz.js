// Questions that readers answer in the page. The words all stand in the page; right answers
// are kept in the reader's own browser, and nowhere else.
const PLACE = "cnnguide.answers";

const kept = () => {
  try {
    return JSON.parse(localStorage.getItem(PLACE)) ?? {};
  } catch {
    return {}; // storage is forbidden here, or holds something else
  }
};

const keep = (answers) => {
  try {
    localStorage.setItem(PLACE, JSON.stringify(answers));
  } catch {
    // Then answers last as long as the page.
  }
};

// "3,136", "−2", "1/3" and "50 %" are numbers to people.
const number = (text) => {
  const plain = text.replaceAll("−", "-").replace(/[\s%°]|,(?=\d{3}(?!\d))/g, "");
  const [top, bottom = "1", ...more] = plain.split("/");
  const digits = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
  return more.length || !digits.test(top) || !digits.test(bottom) ? null : top / bottom;
};

const list = (text) => {
  const parts = text.replace(/^[\s([]+|[\s)\],]+$/g, "").split(/\s*[,;×]\s*|\s+/);
  const numbers = parts.map(number);
  return numbers.every(Number.isInteger) ? numbers : null;
};

const READ = { number, list, choice: (text) => text || null };

const isRight = (given, { answer, tolerance }) => {
  const right = JSON.parse(answer);
  if (typeof right !== "number") return JSON.stringify(given) === JSON.stringify(right);
  return Math.abs(given - right) <= tolerance * Math.abs(right) + 1e-9;
};

const given = (form) => (new FormData(form).get(form.dataset.question) ?? "").trim();

const verdict = (form, text) => {
  if (!text) return "unanswered";
  const value = READ[form.dataset.kind](text);
  if (value === null) return "unread";
  if (isRight(value, form.dataset)) return "right";
  const said = JSON.stringify(value);
  const wrong = [...form.querySelectorAll("[data-said=wrong]")];
  return wrong.find(({ dataset }) => JSON.stringify(JSON.parse(dataset.value)) === said) ?? "hint";
};

const say = (form, found) => {
  const output = form.querySelector("output");
  const words =
    typeof found === "string" ? form.querySelector(`.quiz-said [data-said=${found}]`) : found;
  // Said anew, also where the same is said again.
  output.replaceChildren();
  requestAnimationFrame(() => output.replaceChildren(...words.cloneNode(true).childNodes));
  form.dataset.state = typeof found === "string" ? found : "wrong";
};

const fill = (form, text) => {
  for (const field of form.elements) {
    if (field.type === "radio") field.checked = field.value === text;
    else if (field.type === "text") field.value = text;
  }
};

const count = () => {
  const answers = kept();
  const forms = [...document.querySelectorAll("form.quiz")];
  const right = forms.filter(({ dataset }) => dataset.question in answers).length;
  for (const progress of document.querySelectorAll(".quiz-progress")) {
    progress.hidden = right === 0;
    const all = right === forms.length;
    progress.querySelector("[data-said=some]").hidden = all;
    progress.querySelector("[data-said=all]").hidden = !all;
    progress.querySelector(".quiz-right").textContent = right;
    progress.querySelectorAll(".quiz-all").forEach((b) => (b.textContent = forms.length));
  }
};

const answer = (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const found = verdict(form, given(form));
  say(form, found);
  if (found !== "right") return;
  keep({ ...kept(), [form.dataset.question]: given(form) });
  count();
};

const forget = () => {
  const forms = [...document.querySelectorAll("form.quiz")];
  const mine = new Set(forms.map(({ dataset }) => dataset.question));
  keep(Object.fromEntries(Object.entries(kept()).filter(([name]) => !mine.has(name))));
  for (const form of forms) {
    form.reset();
    form.querySelector("output").replaceChildren();
    delete form.dataset.state;
  }
  count();
  forms[0].querySelector("input").focus();
};

const open = () => {
  const answers = kept();
  for (const form of document.querySelectorAll("form.quiz")) {
    form.hidden = false;
    form.addEventListener("submit", answer);
    // A verdict holds for what was checked, not for what is being written.
    form.addEventListener("input", () => {
      form.querySelector("output").replaceChildren();
      delete form.dataset.state;
    });
    const text = answers[form.dataset.question];
    if (text === undefined) continue;
    fill(form, text);
    const found = verdict(form, text);
    if (found === "right") {
      say(form, found);
    } else {
      // The question has changed since.
      const { [form.dataset.question]: _, ...rest } = kept();
      keep(rest);
      fill(form, "");
    }
  }
  document
    .querySelectorAll(".quiz-progress button")
    .forEach((button) => button.addEventListener("click", forget));
  count();
};

document$.subscribe(open);
