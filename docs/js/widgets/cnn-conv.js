// Convolution: a kernel, whose weights can be changed, slides over a picture.
import { paint, plane, pointing } from "../heat.js";
import { build, code, fill, stated, sum, weights } from "../kernel.js";
import { conv2d, patch, relu, tensor } from "../ops.js";
import { own, pictures } from "../pictures.js";
import { number, Widget } from "../widget.js";

const SIDE = 80; // of the reader's picture, as of the photograph
const RIM = [0.1, 0.25, 0.5]; // the colour of the zeros that padding adds
const READ = [1, 0.5, 0]; // marks what a dilated window reads

// A square picture of grey as one in colour, whose side is `side`, with `before` rows and
// columns of zeros before it, and as many as fit after it.
const rimmed = ({ data, shape: [length] }, before, side) => {
  const whole = tensor([side, side, 3]);
  for (let at = 0; at < side ** 2; at++) {
    const [row, column] = [Math.floor(at / side) - before, (at % side) - before];
    const inside = Math.min(row, column) >= 0 && Math.max(row, column) < length;
    if (inside) whole.data.fill(data[row * length + column], 3 * at, 3 * at + 3);
    else whole.data.set(RIM, 3 * at);
  }
  return whole;
};

class Conv extends Widget {
  pause = 400;

  // The weights must be there before the address is read.
  connectedCallback() {
    this.classics = this.querySelector("[data-classics]");
    this.grid = this.querySelector(".cnn-kernel");
    if (!this.grid.firstElementChild) {
      build(this.grid, this.querySelector("[data-cell]"), this.classic, this.label);
    }
    super.connectedCallback();
  }

  label = (row, column) => this.text("weight", { row, column });

  /** The weights of the chosen kernel, as text. */
  get classic() {
    return this.classics.selectedOptions[0].dataset.kernel.split(" ");
  }

  async load() {
    this.garments = await pictures(this.file("pictures"));
    [this.portrait] = await pictures(this.file("portrait"));
    const choose = (row, column) => this.set({ row, column });
    const move = (down, across) => {
      const { row, column } = this.state;
      choose(Math.max(row + down, 0), Math.max(column + across, 0));
    };
    // The window whose middle is nearest to the pixel.
    const nearest = (place) =>
      Math.max(Math.round((place - (this.span - 1) / 2) / this.state.stride), 0);
    const find = (row, column) => choose(nearest(row), nearest(column));
    pointing(this.canvas("before"), () => this.pixels, find, move);
    pointing(this.canvas("after"), () => this.cells, choose, move);

    this.classics.addEventListener("input", () => this.set(stated(this.classic)));
    for (const type of ["input", "reset"]) {
      this.form.addEventListener(type, () => (this.note = undefined));
    }
    this.form.querySelector("[type=file]").addEventListener("change", ({ target }) => {
      this.open(target.files[0]);
      target.value = ""; // so that the same file can be opened once more
    });
    this.addEventListener("dragover", (event) => event.preventDefault());
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.open(event.dataTransfer.files[0]);
    });
  }

  async open(file) {
    if (!file) return;
    try {
      this.own = await own(file, SIDE);
      this.note = "taken";
      this.controls.picture.querySelector("[value=own]").disabled = false;
      this.set({ picture: "own" });
    } catch {
      this.note = "unread";
      this.changed();
    }
  }

  // What cannot be becomes what can, and a note says so.
  mended({ picture, stride, dilation }) {
    if (picture === "own" && !this.own) {
      this.note = "gone";
      this.set({ picture: "garment" });
    } else if (stride > 1 && dilation > 1) {
      this.note = this.dilation > 1 ? "dilation" : "stride"; // that which was there before
      this.set({ [this.note]: 1 });
    } else return false;
    return true;
  }

  compute(state) {
    if (this.mended(state)) return;
    const { picture, garment, which, padding, stride, dilation, bias } = state;
    this.dilation = dilation;
    const x = picture === "garment" ? this.garments[Number(garment) + which - 1] : this[picture];
    const size = Number(state.size);
    const kernel = weights(state, size);
    const options = { strides: [stride, stride], dilation: [dilation, dilation], padding };
    const filter = tensor([size, size, 1, 1], Float32Array.from(kernel));
    const sums = conv2d(x, filter, tensor([1], Float32Array.of(bias)), options);
    const y = state.relu ? relu(sums) : sums;
    this.cells = y.shape;
    this.span = dilation * (size - 1) + 1;
    const [length] = x.shape;
    const [rows] = y.shape;
    const [row, column] = ["row", "column"].map((name) => this.within(name, rows));

    const seen = patch(x, [size, size], row, column, options);
    const places = kernel.map((_, at) => [
      seen.top + Math.floor(at / size) * dilation,
      seen.left + (at % size) * dilation,
    ]);
    const outside = places.map((place) => place.some((at) => at < 0 || at >= length));
    const before = -patch(x, [size, size], 0, 0, options).top;
    const side = Math.max(before + length, before && (rows - 1) * stride + this.span);
    this.drawPicture(rimmed(x, before, side), before, places, dilation > 1);
    const [low, high] = [Math.min(...y.data), Math.max(...y.data)];
    paint(this.canvas("after"), plane(y), {
      limit: Math.max(-low, high) || 1,
      signed: true,
      frames: [{ top: row, left: column, rows: 1, columns: 1 }],
    });

    const products = kernel.map((weight, at) => weight * seen.data[at]);
    fill(this.grid, seen.data, products, outside, this.label);
    const known = [...this.classics.options].find((o) => o.dataset.kernel === kernel.join(" "));
    this.classics.value = known?.value ?? "own";
    this.querySelector("[data-garments]").hidden = picture !== "garment";

    const value = (of) => number(of.data[row * rows + column]);
    const facts = {
      ...{ row, column, rows, length, side, size, span: this.span },
      ...{ stride, count: size ** 2, all: size ** 2 + 1, outside: outside.filter(Boolean).length },
      ...{ low: number(low), high: number(high), bias: number(bias) },
      ...{ products: sum(products), sum: value(sums), value: value(y) },
    };
    const text = (name) => this.text(name, facts);
    this.show("before", text(side > length ? "rimmed" : "before"));
    for (const name of ["after", "shape", "parameters", "field"]) this.show(name, text(name));
    this.show("rows", text(padding));
    this.show("sum", text(state.relu ? "cut" : "sum"));
    this.show("note", text(this.note ?? "hint"));
    this.show("keras", code({ ...state, size }, kernel));
    const more = [state.relu && "left", padding === "same" && "outside"];
    this.say([this.note, "said", ...more].filter(Boolean).map(text).join(" "));
  }

  // A row or column of the map, or its last where it has not so many.
  within(name, rows) {
    const there = this.state[name];
    if (there >= rows) this.controls[name].value = rows - 1;
    return Math.min(there, rows - 1);
  }

  drawPicture(x, before, places, marked) {
    const [side] = (this.pixels = x.shape);
    const [top, left] = places[0].map((place) => place + before);
    for (const [row, column] of marked ? places : []) {
      const at = 3 * ((row + before) * side + column + before);
      x.data.set(READ.map((value, k) => (value + x.data[at + k]) / 2), at);
    }
    paint(this.canvas("before"), x, {
      frames: [{ top, left, rows: this.span, columns: this.span, weak: marked }],
    });
  }

  step() {
    const { row, column } = this.state;
    const [rows] = this.cells;
    const next = (row * rows + column + 1) % rows ** 2;
    this.set({ row: Math.floor(next / rows), column: next % rows });
  }
}
customElements.define("cnn-conv", Conv);
