// Light on a garment, and what three kinds of normalization leave of it.
import { paint, plane, pointing } from "../heat.js";
import * as ops from "../ops.js";
import { pictures } from "../pictures.js";
import { number, Widget } from "../widget.js";

const KINDS = ["picture", "local", "layer", "batch"];
// So many numbers of a window are written out at its beginning, and as many at its end.
const FEW = 2;

// The light falls from the right: on the left there is as much less as `shadow` says.
const lit = (x, { contrast, brightness, shadow }) => {
  const [, columns] = x.shape;
  const light = (at) => 1 - shadow * (1 - (at % columns) / (columns - 1));
  return ops.each(x, (value, at) => contrast * light(at) * value + brightness);
};

// What the page's figures show: black is −2 and white is 2.
const shade = (y) => plane(ops.each(y, (value) => value / 4 + 0.5));

class Lcn extends Widget {
  pause = 1000;

  async load() {
    this.pictures = await pictures(this.file("pictures"));
    const [rows, columns] = this.pictures[0].shape;
    // All garments one below the other are a batch.
    const all = ops.tensor([rows * this.pictures.length, columns, 1]);
    this.pictures.forEach(({ data }, i) => all.data.set(data, i * data.length));
    this.statistics = ops.moments(all, [0, 1]);
    const choose = (row, column) => this.set({ row, column });
    const move = (down, across) => {
      const { row, column } = this.state;
      choose(row + down, column + across);
    };
    for (const kind of KINDS) pointing(this.canvas(kind), () => [rows, columns], choose, move);
  }

  // The picture and what each kind makes of it.
  #all(picture, { tall, wide, epsilon }) {
    const options = { axes: [0, 1, 2], epsilon: 10 ** epsilon };
    return {
      picture,
      local: ops.lcn(picture, { ...options, size: [tall, wide] }),
      layer: ops.layerNorm(picture, options),
      batch: ops.batchNorm(picture, { ...options, ...this.statistics }),
    };
  }

  // The mean and the variance that each kind takes for a cell.
  #moments(x, at, { tall, wide }) {
    const { detail, variance } = ops.surroundings(x, [tall, wide]);
    const whole = ops.moments(x, [0, 1]);
    return {
      local: [x.data[at] - detail.data[at], variance.data[at]],
      layer: [whole.mean.data[0], whole.variance.data[0]],
      batch: [this.statistics.mean.data[0], this.statistics.variance.data[0]],
    };
  }

  compute(state) {
    const { garment, which, even, tall, wide, row, column } = state;
    const epsilon = 10 ** state.epsilon;
    const there = this.pictures[Number(garment) + which - 1];
    const [rows, columns] = there.shape;
    const at = row * columns + column;
    const before = this.#all(there, state);
    const after = this.#all(lit(there, state), state);
    const now = even ? before : after;
    const x = now.picture;

    const [top, left] = [Math.max(row - (tall >> 1), 0), Math.max(column - (wide >> 1), 0)];
    const window_ = { top, left };
    window_.rows = Math.min(row + (tall >> 1) + 1, rows) - top;
    window_.columns = Math.min(column + (wide >> 1) + 1, columns) - left;
    const cell = { top: row, left: column, rows: 1, columns: 1, weak: true };
    const results = {};
    const moments = this.#moments(x, at, state);
    for (const kind of KINDS) {
      const frames = kind === "picture" || kind === "local" ? [window_, cell] : [cell];
      paint(this.canvas(kind), kind === "picture" ? plane(x) : shade(now[kind]), { frames });
      const change = number(ops.difference(before[kind], after[kind]), 1);
      results[`${kind}Change`] = change;
      this.show(`${kind}-change`, this.text("change", { change }));
      results[kind] = number(now[kind].data[at]);
      if (kind === "picture") continue;
      const [mean, variance] = moments[kind];
      const deviation = number(Math.sqrt(variance + epsilon), 3);
      const distance = `(${number(x.data[at], 3)} − ${number(mean, 3)})`;
      this.show(kind, `${distance} ÷ ${deviation} = ${results[kind]}`);
    }
    const seen = ops.patch(x, [window_.rows, window_.columns], top, left).data;
    const all = Array.from(seen, (value) => number(value));
    const rest = all.length - 2 * FEW;
    all.splice(FEW, rest, this.text("rest", { rest }));
    const mean = number(moments.local[0], 3);
    this.show("mean", `(${all.join(" + ")}) ÷ ${seen.length} = ${mean}`);
    const written = number(epsilon, -state.epsilon);
    this.show("epsilon", written);
    this.controls.epsilon.setAttribute("aria-valuetext", written);
    this.show(
      "keras",
      `LocalContrastNormalization(window=(${tall}, ${wide}), epsilon=${epsilon})\n` +
        `keras.layers.LayerNormalization(axis=(1, 2, 3), epsilon=${epsilon})\n` +
        `keras.layers.BatchNormalization(epsilon=${epsilon})`,
    );
    this.say(this.text(even ? "even" : "said", { row, column, ...results }));
  }

  step() {
    this.set({ even: !this.state.even });
  }
}
customElements.define("cnn-lcn", Lcn);
