// Dropout: one draw after the other, and the mean of all of them.
import { paint, plane, pointing } from "../heat.js";
import { dropout } from "../ops.js";
import { pictures } from "../pictures.js";
import { number, Widget } from "../widget.js";

const CELLS = 28 * 28;
const EIGHT = 8; // so many numbers are written out
const MOST = 500; // draws
const mean = (data) => data.reduce((sum, value) => sum + value) / data.length;

// A number from 0 to below 1 for each whole number: its bits, mixed well. The same seed gives
// the same draws, and draws for one rate are those for another with more or fewer kept.
const chance = (counter) => {
  let bits = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
};
const drawn = (seed, draw, rate) => {
  const kept = new Float32Array(CELLS);
  const start = (seed * MOST + draw) * CELLS;
  for (let at = 0; at < CELLS; at++) kept[at] = chance(start + at) >= rate;
  return kept;
};

class Dropout extends Widget {
  pause = 350; // milliseconds: a picture shall not flash more than three times in a second

  async load() {
    this.pictures = await pictures(this.file("pictures"));
    const choose = (row, column) => this.set({ row, column: Math.max(column - EIGHT / 2, 0) });
    const move = (down, across) => {
      const { row, column } = this.state;
      this.set({ row: row + down, column: column + across });
    };
    for (const name of ["before", "after"]) {
      pointing(this.canvas(name), () => [28, 28], choose, move);
    }
    const again = this.querySelector("[data-again]");
    again.addEventListener("click", () => this.step(), { signal: this.gone.signal });
  }

  compute({ garment, which, rate, training, seed, draws, row, column }) {
    const x = this.pictures[Number(garment) + which - 1];
    const used = training ? rate : 0;
    const share = new Float32Array(CELLS);
    let mask;
    for (let draw = 0; draw < draws; draw++) {
      mask = drawn(seed, draw, used);
      for (let at = 0; at < CELLS; at++) share[at] += mask[at] / draws;
    }
    const after = dropout(x, mask, used);
    // All draws have the same scale, so the mean of what they keep is enough.
    const average = dropout(x, share, used);

    const frames = [{ top: row, left: column, rows: 1, columns: EIGHT }];
    const kept = { ...x, data: mask };
    for (const [name, y] of Object.entries({ before: x, kept, after, average })) {
      paint(this.canvas(name), plane(y), { frames });
      const start = row * 28 + column;
      const eight = Array.from(y.data.subarray(start, start + EIGHT), (value) =>
        number(value, name === "kept" ? 0 : 2),
      );
      const cells = this.querySelectorAll(`[data-eight="${name}"] td`);
      cells.forEach((cell, at) => (cell.textContent = eight[at]));
    }
    this.tell({ x, mask, after, average, training, rate, count: draws });
  }

  tell({ x, mask, after, average, training, rate, count }) {
    const dropped = CELLS - mask.reduce((sum, kept) => sum + kept);
    const off = mean(average.data.map((value, at) => Math.abs(value - x.data[at])));
    const values = {
      count,
      dropped,
      share: number((100 * dropped) / CELLS, 1),
      rate: number(rate),
      scale: number(1 / (1 - rate)),
      before: number(mean(x.data), 3),
      after: number(mean(after.data), 3),
      average: number(mean(average.data), 3),
      off: number(off, 3),
    };
    const kind = !training ? "off" : rate === 1 ? "nothing" : "drawn";
    this.show("count", count);
    this.show("drawn", this.text(kind, values));
    this.show("means", this.text("means", values));
    const flag = training ? "True" : "False";
    this.show("keras", `drop = keras.layers.Dropout(${rate})\ny = drop(x, training=${flag})`);
    this.say(this.text("said", values));
  }

  step() {
    this.set({ draws: (this.state.draws % MOST) + 1 });
  }
}
customElements.define("cnn-dropout", Dropout);
