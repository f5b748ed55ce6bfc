// A calculator for stacks of layers: shapes, parameters, multiply-adds, what is seen, and code.
import { call, code, filled, follow, KINDS, read, Unread, write } from "../stack.js";
import { number, Widget } from "../widget.js";

const UNKNOWN = "–";
const sides = (shape) => shape.join("×");
const whole = (count) => number(count, 0);
const total = (rows, name) => whole(rows.reduce((sum, row) => sum + row[name], 0));

class Shape extends Widget {
  load() {
    this.editor = this.querySelector("[data-editor]");
    this.rows = this.querySelector("tbody");
    const listen = (target, type, act) =>
      target.addEventListener(type, act, { signal: this.gone.signal });
    listen(this.rows, "click", (event) => this.set({ layer: event.target.closest("tr").rowIndex }));
    listen(this.editor, "click", ({ target }) => this.edit(target.dataset.edit));
    listen(this.editor, "input", ({ target }) => this.change(target));
    // A number that cannot be, and is left so, becomes what it was.
    listen(this.editor, "focusout", () => this.changed(false));
  }

  compute({ stack, rows, columns, channels, layer }) {
    const unread = this.understand(stack);
    const { layers } = this;
    const chosen = Math.min(layer, layers.length);
    if (chosen < layer) this.controls.layer.value = chosen;
    this.place = chosen - 1;
    this.made = follow(layers, [rows, columns, channels]);
    this.editor.disabled = Boolean(unread);
    const wrong = Boolean(unread || this.made.problem);
    this.controls.stack.setAttribute("aria-invalid", wrong);
    this.querySelector("[data-show=note]").classList.toggle("cnn-bad", wrong);
    this.table();
    this.offer(layers[this.place]);
    this.compare();
    this.show("note", unread || this.note());
    this.show("keras", code(layers, [rows, columns, channels]));
  }

  // Takes the layers of the text if it can be read, and says why if it cannot.
  understand(stack) {
    this.layers ??= read(this.controls.stack.defaultValue);
    try {
      this.layers = read(stack);
      return "";
    } catch (error) {
      if (!(error instanceof Unread)) throw error;
      const { place, kind, got } = error;
      return this.text("unread", { layer: place + 1, form: this.text(`form-${kind}`), got });
    }
  }

  table() {
    const { layers, made, rows } = this;
    while (rows.rows.length > layers.length) rows.deleteRow(-1);
    while (rows.rows.length < layers.length) {
      rows.append(this.querySelector("template[data-row]").content.cloneNode(true));
    }
    layers.forEach((layer, i) => {
      const { shape, parameters, adds, sees } = made[i] ?? {};
      const row = rows.rows[i];
      const button = row.querySelector("button");
      button.textContent = `${i + 1} ${call(layer)}`;
      button.setAttribute("aria-pressed", i === this.place);
      row.classList.toggle("cnn-bad", Boolean(made.problem) && i === made.length);
      const cells = made[i] ? [sides(shape), whole(parameters), whole(adds), sides(sees)] : [];
      for (let at = 0; at < 4; at++) row.cells[at + 1].textContent = cells[at] ?? UNKNOWN;
    });
    const parameters = made.problem ? UNKNOWN : total(made, "parameters");
    const adds = made.problem ? UNKNOWN : total(made, "adds");
    this.show("parameters", parameters);
    this.show("adds", adds);
    const values = { layer: made.length + 1, count: made.length, parameters, adds };
    this.say(this.text(made.problem ? "impossible" : "together", values));
  }

  // Shows the controls that the chosen layer has, and its numbers in them.
  offer(layer) {
    const { needs, may } = KINDS[layer.kind];
    const has = ["kind", ...needs, ...may];
    this.querySelector("details").hidden = !may.length;
    for (const control of this.editor.querySelectorAll("[data-field]")) {
      const { field } = control.dataset;
      control.closest("label").hidden = !has.includes(field);
      // Whoever is about to type a number is not disturbed.
      const typing = control === document.activeElement && !control.validity.valid;
      if (has.includes(field) && !typing) control.value = filled(layer)[field];
    }
  }

  // What a Dense layer would need for the numbers that a convolution gives.
  compare() {
    const { layers, made, place } = this;
    const is = (i) => made[i] && layers[i].kind === "conv";
    const at = is(place) ? place : layers.findIndex((_, i) => is(i));
    const { given, shape, parameters, adds } = made[at] ?? {};
    const size = (of) => of.reduce((product, side) => product * BigInt(side), 1n);
    const dense = given && {
      parameters: (size(given) + 1n) * size(shape),
      adds: size(given) * size(shape),
    };
    for (const [name, own] of Object.entries({ parameters, adds })) {
      const times = dense && Number(dense[name]) / own;
      this.show(`conv-${name}`, dense ? whole(own) : UNKNOWN);
      this.show(`dense-${name}`, dense ? whole(dense[name]) : UNKNOWN);
      this.show(`times-${name}`, dense ? number(times, times < 10 ? 1 : 0) : UNKNOWN);
    }
    const values = dense && { layer: at + 1, given: sides(given), shape: sides(shape) };
    this.show("beside", dense ? this.text("beside", values) : this.text("none"));
  }

  // What there is to say of the stack: a problem, a Dense layer on maps, or how to write one.
  note() {
    const { layers, made } = this;
    if (made.problem) {
      const { problem, values } = made.problem;
      const name = KINDS[layers[made.length].kind].keras;
      return this.text(problem, { layer: made.length + 1, name, ...values });
    }
    const at = made.findIndex(({ given }, i) => layers[i].kind === "dense" && given.length > 1);
    if (at < 0) return this.text("hint");
    const [rows, columns] = made[at].given;
    return this.text("pointwise", { layer: at + 1, units: layers[at].units, rows, columns });
  }

  // A control of the chosen layer was changed.
  change({ dataset: { field }, value, validity, type }) {
    if (!field || !validity.valid || value === "") return;
    const { layers, place } = this;
    if (field === "kind") layers[place] = read(KINDS[value].first)[0];
    else layers[place][field] = type === "number" ? Number(value) : value;
    this.set({ stack: write(layers) });
  }

  // A button for the chosen layer was pressed.
  edit(how) {
    const { layers, made, place } = this;
    const to = place + ({ up: -1, down: 1, add: 1 }[how] ?? 0);
    if (how === "add") {
      const flat = made[place]?.shape.length === 1;
      layers.splice(to, 0, ...read(KINDS[flat ? "dense" : "conv"].first));
    } else if (how === "remove" && layers.length > 1) layers.splice(place, 1);
    else if (to !== place && layers[to]) layers.splice(to, 0, ...layers.splice(place, 1));
    else return;
    this.set({ stack: write(layers), layer: to + 1 });
  }
}
customElements.define("cnn-shape", Shape);
