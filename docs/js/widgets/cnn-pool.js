// Pooling: the window moves, and a shift by one pixel changes what is kept.
import { paint, plane, pointing } from "../heat.js";
import { difference, patch, pool2d, tensor } from "../ops.js";
import { pictures } from "../pictures.js";
import { number, Widget } from "../widget.js";

// What leaves on the right comes back on the left, as np.roll does it.
const shifted = ({ data, shape }, by) => {
  const [, columns] = shape;
  const from = (at) => at - (at % columns) + (((at % columns) - by + columns) % columns);
  return tensor(
    shape,
    data.map((_, at) => data[from(at)]),
  );
};

// So many numbers are written out; of more, the first few and the last.
const MOST = 16;
const FEW = 5;

class Pool extends Widget {
  async load() {
    this.pictures = await pictures(this.file("pictures"));
    const choose = (row, column) => this.set({ row, column });
    const move = (down, across) => {
      const { row, column } = this.state;
      choose(row + down, column + across);
    };
    pointing(this.canvas("after"), () => this.cells, choose, move);
    // The window whose middle is nearest.
    const nearest = (place) => {
      const { size, stride } = this.state;
      return Math.round((place - this.start - (size - 1) / 2) / stride);
    };
    const around = (row, column) => choose(nearest(row), nearest(column));
    pointing(this.canvas("before"), () => this.pictures[0].shape, around, move);
  }

  compute({ garment, which, kind, padding, size, stride, shift, row, column }) {
    const there = this.pictures[Number(garment) + which - 1];
    const x = shifted(there, shift);
    const options = { kind, size: [size, size], strides: [stride, stride], padding };
    const y = pool2d(x, options);
    const unshifted = pool2d(there, options);
    const [rows, columns] = (this.cells = y.shape);
    this.start = patch(x, [size, size], 0, 0, options).top;
    [this.controls.row.max, this.controls.column.max] = [rows - 1, columns - 1];
    const [r, c] = [Math.min(row, rows - 1), Math.min(column, columns - 1)];
    // Cells outside do not count.
    const [top, bottom] = this.#inside(r, size, stride, x.shape[0]);
    const [left, right] = this.#inside(c, size, stride, x.shape[1]);
    const inside = { top, left, rows: bottom - top, columns: right - left };
    const seen = patch(x, [inside.rows, inside.columns], top, left).data;
    const value = number(y.data[r * columns + c]);

    paint(this.canvas("before"), plane(x), { frames: [inside] });
    const frames = [{ top: r, left: c, rows: 1, columns: 1 }];
    paint(this.canvas("after"), plane(y), { frames });
    const data = y.data.map((now, at) => now - unshifted.data[at]);
    paint(this.canvas("change"), { data, rows, columns }, { signed: true, limit: 0.5 });
    this.show("before", "28 × 28");
    this.show("after", `${rows} × ${columns}`);
    this.show("sum", `${this.#written(seen, kind)} = ${value}`);
    const class_ = kind === "max" ? "Max" : "Average";
    this.show(
      "keras",
      `keras.layers.${class_}Pooling2D(${size}, strides=${stride}, padding="${padding}")`,
    );
    const before = number(difference(there, x), 1);
    const after = number(difference(unshifted, y), 1);
    this.show("shifted", this.text(shift ? "shifted" : "still", { shift, before, after }));
    this.say(this.text(kind, { row: r, column: c, count: seen.length, value }));
  }

  // Of the window of an output: its first row or column, and that behind its last one.
  #inside(at, size, stride, length) {
    const first = this.start + at * stride;
    return [Math.max(first, 0), Math.min(first + size, length)];
  }

  #written(seen, kind) {
    const all = Array.from(seen, (cell) => number(cell));
    if (all.length > MOST) {
      const rest = all.length - FEW - 1;
      all.splice(FEW, rest, this.text("rest", { rest }));
    }
    return kind === "max" ? `max(${all.join(", ")})` : `(${all.join(" + ")}) ÷ ${seen.length}`;
  }

  step() {
    const { row, column } = this.state;
    const [rows, columns] = this.cells;
    const next = (row * columns + column + 1) % (rows * columns);
    this.set({ row: Math.floor(next / columns), column: next % columns });
  }
}
customElements.define("cnn-pool", Pool);
