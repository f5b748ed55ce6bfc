// What all interactive parts have in common: their controls are their state, which stands in
// the address, too; one computation a frame; words, which are the page's; playing and pausing.

const KEEP = 250; // milliseconds: browsers allow a hundred new addresses in half a minute
const still = matchMedia("(prefers-reduced-motion: reduce)");

// A number that cannot be is the nearest that can, and nothing is what stood there at first.
const numeric = ({ valueAsNumber: value, defaultValue, min, max, step }) => {
  if (Number.isNaN(value)) return Number(defaultValue);
  const whole = Number.isInteger(Number(step || 1)) ? Math.round(value) : value;
  return Math.max(min === "" ? -Infinity : min, Math.min(max === "" ? Infinity : max, whole));
};
const read = (control) => {
  if (control.type === "checkbox") return control.checked;
  return ["range", "number"].includes(control.type) ? numeric(control) : control.value;
};
const isDefault = (control) => {
  if (["checkbox", "radio"].includes(control.type)) {
    return control.checked === control.defaultChecked;
  }
  if (!control.options) return control.value === control.defaultValue;
  const first = [...control.options].find((option) => option.defaultSelected);
  return control.value === (first ?? control.options[0]).value;
};

/**
 * The base of all parts. Those override `load`, `compute` and, if they play, `step`:
 *
 * - `load()` fetches and prepares, once, when the part is about to be seen. It may return a
 *   promise, and throws an Error with the message "missing" or "broken" where a file is so.
 * - `compute(state)` shows the state, at most once a frame.
 * - `step()` goes on by one step while playing.
 *
 * Controls with a name inside of the form are the state: an object of name → number, text or
 * boolean. The control with the name `x` is `this.controls.x`.
 */
export class Widget extends HTMLElement {
  pause = 700; // milliseconds between two steps
  #frame = 0;
  #keeping = 0;
  #loaded = false;
  #said = 0;
  #timer = 0;

  connectedCallback() {
    this.form = this.querySelector("form");
    this.controls = this.form.elements;
    this.gone = new AbortController();
    const listen = (target, type, act) =>
      target.addEventListener(type, act, { signal: this.gone.signal });
    listen(this.form, "submit", (event) => event.preventDefault());
    listen(this.form, "input", () => this.changed());
    listen(this, "click", ({ target }) => this.#press(target.closest("button")?.dataset ?? {}));
    listen(this, "keydown", (event) => this.#key(event));
    listen(window, "hashchange", () => this.#arrive());
    listen(window, "resize", () => this.changed(false));
    // The palette has other colours.
    const palette = new MutationObserver(() => this.changed(false));
    palette.observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
    const near = new IntersectionObserver(
      (entries) => {
        if (!entries.at(-1).isIntersecting) return;
        near.disconnect();
        this.#start();
      },
      { rootMargin: "200px" },
    );
    near.observe(this);
    this.gone.signal.addEventListener("abort", () => {
      palette.disconnect();
      near.disconnect();
    });
    this.#arrive();
  }

  // The address is about this part.
  #arrive() {
    if (!this.#restore()) return;
    this.scrollIntoView();
    this.changed(false);
  }

  disconnectedCallback() {
    this.play(false);
    this.gone.abort();
  }

  async #start() {
    try {
      await this.load?.();
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#loaded = true;
    this.changed(false);
    const seen = new IntersectionObserver(([{ isIntersecting }]) =>
      this.play(isIntersecting && "play" in this.dataset && !still.matches),
    );
    seen.observe(this);
    this.gone.signal.addEventListener("abort", () => seen.disconnect());
  }

  /** Show the still in the part's place, and say why. */
  fail(error) {
    this.play(false);
    this.dataset.failed = error.message === "missing" ? "missing" : "broken";
    console.info(this.localName, error);
  }

  // Of radio buttons that which is chosen.
  #named() {
    return [...this.controls].filter(
      ({ name, type, checked }) => name && (type !== "radio" || checked),
    );
  }

  /** The state: name → value of each control. */
  get state() {
    return Object.fromEntries(this.#named().map((control) => [control.name, read(control)]));
  }

  /** Set controls, name → value, and show the new state. */
  set(values) {
    this.#fill(Object.entries(values));
    this.changed();
  }

  #fill(values) {
    for (const [name, value] of values) {
      const control = this.controls[name];
      if (!control) continue;
      if (control.type === "checkbox") control.checked = String(value) === "true";
      // A choice that is not there would leave nothing chosen.
      else if (!control.options || [...control.options].some((o) => o.value === String(value))) {
        control.value = value;
      }
    }
  }

  /** The state has changed: show it in the next frame, and keep it in the address. */
  changed(keep = !this.playing) {
    if (keep) {
      clearTimeout(this.#keeping);
      this.#keeping = setTimeout(() => this.#keep(), KEEP);
    }
    if (!this.#loaded) return;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (!this.isConnected || this.dataset.failed) return;
      try {
        for (const { name, value } of this.controls) {
          const shown = name && this.querySelector(`[data-value="${name}"]`);
          if (shown) shown.textContent = value.replace("-", "−");
        }
        this.compute(this.state);
        // Where another number is meant than stands there; while one types, it may.
        for (const control of this.controls) {
          if (control.type === "number" && control !== document.activeElement) {
            control.value = numeric(control);
          }
        }
      } catch (error) {
        this.fail(error);
      }
    });
  }

  get #prefix() {
    return `${this.localName}.`;
  }

  #keep() {
    clearTimeout(this.#keeping);
    if (!this.isConnected) return;
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const [name, value] of [...kept]) {
      if (!value || name.startsWith(this.#prefix)) kept.delete(name);
    }
    for (const control of this.#named()) {
      if (!isDefault(control)) kept.set(this.#prefix + control.name, read(control));
    }
    const hash = kept.size ? `#${kept}` : "";
    history.replaceState(history.state, "", location.pathname + location.search + hash);
  }

  #restore() {
    const found = [...new URLSearchParams(location.hash.slice(1))]
      .filter(([name]) => name.startsWith(this.#prefix))
      .map(([name, value]) => [name.slice(this.#prefix.length), value]);
    this.#fill(found);
    return found.length > 0;
  }

  #press(button) {
    if ("toggle" in button) this.#toggle();
    if ("reset" in button) this.reset();
    if ("share" in button) this.#share();
  }

  #toggle() {
    this.play(!this.playing);
    if (!this.playing) this.#keep();
  }

  // Elsewhere space presses a button or ticks a box.
  #key(event) {
    if (event.key !== " " || !this.step || !event.target.matches("canvas, [data-stage]")) return;
    event.preventDefault();
    this.#toggle();
  }

  /** Begin or end to play. */
  play(on) {
    if (on === this.playing || !this.step) return;
    clearInterval(this.#timer);
    this.#timer = on ? setInterval(() => document.hidden || this.step(), this.pause) : 0;
    this.querySelector("[data-toggle]").setAttribute("aria-pressed", on);
  }

  /** Whether it plays now. */
  get playing() {
    return this.#timer > 0;
  }

  /** All controls as they were at first. */
  reset() {
    this.play(false);
    this.form.reset();
    this.changed();
  }

  async #share() {
    this.#keep();
    try {
      await navigator.clipboard.writeText(location.href);
      this.say(this.text("copied"));
    } catch {
      this.say(this.text("uncopied")); // without https, browsers allow it on no page
    }
  }

  /** One of the page's texts for this part, with its `{names}` filled in. */
  text(name, values = {}) {
    const { textContent } = this.querySelector(`template[data-text="${name}"]`).content;
    return textContent.trim().replace(/\{(\w+)\}/g, (_, key) => values[key]);
  }

  /** Put words into the part's output, which is read aloud unless it plays. */
  say(words) {
    const output = this.querySelector("output");
    output.setAttribute("aria-live", this.playing ? "off" : "polite");
    clearTimeout(this.#said);
    // Whoever drags a slider shall hear where it ends.
    this.#said = setTimeout(() => (output.textContent = words), output.textContent ? 100 : 0);
  }

  /** The canvas with the name `data-canvas`. */
  canvas(name) {
    return this.querySelector(`canvas[data-canvas="${name}"]`);
  }

  /** Put text into the element with the name `data-show`. */
  show(name, text) {
    this.querySelector(`[data-show="${name}"]`).textContent = text;
  }

  /** The address of one of the files that the page names for this part. */
  file(name) {
    return new URL(`../live/${this.dataset[name]}`, import.meta.url).href;
  }
}

/** The bytes of a file: a promise. Rejects with "missing" where it does not come. */
export const bytes = async (url) => {
  const response = await fetch(url).catch(() => ({}));
  if (!response.ok) throw new Error("missing");
  return response.arrayBuffer();
};

/** A number with so many decimals, as the page's language writes it. */
export const number = (value, decimals = 2) => {
  const options = {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: "negative", // no −0.00
  };
  return value.toLocaleString(document.documentElement.lang, options).replace("-", "−");
};
