// Charts that answer: pointing at a chart, tapping it or stepping through it with the keyboard
// shows a row of the table behind it, and where in the chart its numbers stand. All words and
// numbers are the table's.
const GAP = 10; // pixels between a mark and the words
let close = () => {}; // hides what is shown now

const answer = (figure) => {
  const [axis, spans, marks] = JSON.parse(figure.dataset.readings);
  const svg = figure.querySelector("svg");
  const box = figure.nextElementSibling.querySelector(".snippet-table");
  const [names, ...rows] = [...box.querySelectorAll("tr")].map((row) =>
    [...row.cells].map((cell) => cell.textContent),
  );
  const texts = rows.map((row) => row.map((cell, i) => `${names[i]}: ${cell}`));
  const input = document.createElement("input");
  Object.assign(input, { type: "range", min: 0, max: rows.length - 1, value: 0 });
  input.ariaLabel = box.ariaLabel;
  const output = document.createElement("output");
  output.setAttribute("aria-live", "polite");
  const drawn = document.createElementNS(svg.namespaceURI, "g");
  drawn.classList.add("reading");
  svg.append(drawn);
  figure.append(input, output);

  // Beside the mark in the direction of steps, so that it covers no other of the row.
  const place = (mark) => {
    const [inner, outer] = [svg, figure].map((element) => element.getBoundingClientRect());
    const scale = inner.width / svg.viewBox.baseVal.width;
    const start = [inner.left - outer.left, inner.top - outer.top];
    const size = [output.offsetWidth, output.offsetHeight];
    const [x, y] = [outer.width, outer.height].map((room, i) => {
      const at = start[i] + mark[i] * scale;
      const beside = at + GAP + size[i] > room ? at - GAP - size[i] : at + GAP;
      const wanted = i === axis ? beside : at - size[i] / 2;
      return Math.max(0, Math.min(wanted, room - size[i]));
    });
    output.style.translate = `${x}px ${y}px`;
  };
  const hide = () => {
    drawn.replaceChildren();
    output.textContent = "";
  };
  const show = (row, mark = marks[row].find(Boolean)) => {
    if (close !== hide) close();
    close = hide;
    input.value = row;
    input.ariaValueText = texts[row].slice(0, -spans.length).join(", ");
    output.textContent = texts[row].join("\n");
    drawn.innerHTML = marks[row].reduce((html, at, i) => {
      if (!at) return html;
      const [low, high] = spans[i];
      // A bar's line ends with it: behind it stands its number.
      const line = axis ? `M${low} ${at[1]}H${at[0]}` : `M${at[0]} ${low}V${high}`;
      return `${html}<path d="${line}"/><circle cx="${at[0]}" cy="${at[1]}" r="4"/>`;
    }, "");
    place(mark);
  };
  const showNearest = ({ clientX, clientY }) => {
    const point = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
    const at = axis ? point.y : point.x;
    const all = marks.flatMap((row, i) => row.filter(Boolean).map((mark) => [i, mark]));
    const far = ([, mark]) => Math.abs(mark[axis] - at);
    show(...all.reduce((best, next) => (far(next) < far(best) ? next : best)));
  };

  figure.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") showNearest(event);
  });
  figure.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch" && document.activeElement !== input) hide();
  });
  figure.addEventListener("click", (event) => {
    input.focus({ preventScroll: true });
    showNearest(event);
  });
  input.addEventListener("focus", () => show(+input.value));
  input.addEventListener("input", () => show(+input.value));
  input.addEventListener("blur", hide);
  // Down means on, as in the table; in a slider it would mean less.
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(Math.max(0, Math.min(+input.value + step, rows.length - 1)));
  });
};

document.addEventListener("keydown", ({ key }) => key === "Escape" && close());
document.addEventListener("pointerdown", ({ target }) => target.closest("[data-readings]") || close());
addEventListener("resize", () => close());

/** Let all charts below `root`, a document or an element, answer. */
export const start = (root) => {
  root.querySelectorAll("[data-readings]:not(:has(output))").forEach(answer);
};
