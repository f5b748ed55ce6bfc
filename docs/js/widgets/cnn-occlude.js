// Occlusion: a patch covers a part of the garment, and all its places make a map.
import { bars } from "../bars.js";
import { covered, spread } from "../cover.js";
import { paint, plane, pointing, range } from "../heat.js";
import { Net } from "../net.js";
import { pictures } from "../pictures.js";
import { bytes, number, Widget } from "../widget.js";

const SIDE = 28;
const FAINT = 0.001; // a change of the probability that is none to speak of
const percent = (share) => number(100 * share, 1);

class Occlude extends Widget {
  pause = 150;
  job = 0;

  async load() {
    const [buffer, all] = await Promise.all([
      bytes(this.file("net")),
      pictures(this.file("pictures")),
    ]);
    [this.net, this.pictures] = [new Net(buffer), all];
    const worker = new Worker(new URL("../occlusion.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => this.take(data);
    worker.onerror = (error) => this.fail(error);
    worker.postMessage({ buffer });
    this.worker = worker;
    this.gone.signal.addEventListener("abort", () => worker.terminate());
    const run = this.querySelector("[data-run]");
    run.addEventListener("click", () => (this.running ? this.cancel() : this.start()));
    const choose = (row, column) => this.set({ row, column });
    const around = (row, column) => {
      const half = this.state.size >> 1;
      choose(row - half, column - half);
    };
    const move = (down, across) => choose(this.state.row + down, this.state.column + across);
    for (const name of ["garment", "map"]) {
      pointing(this.canvas(name), () => [SIDE, SIDE], around, move);
    }
  }

  get places() {
    return SIDE - this.state.size + 1;
  }

  get running() {
    return !this.cancelled && this.shares.length < this.places;
  }

  /** Let the worker try all places. */
  start() {
    const { size, fill } = this.state;
    this.shares = [];
    this.cancelled = false;
    this.job += 1;
    this.worker.postMessage({ id: this.job, picture: this.picture, size, fill: Number(fill) });
    this.changed(false);
  }

  cancel() {
    this.job += 1;
    this.cancelled = true;
    this.worker.postMessage({ id: this.job });
    this.changed(false);
  }

  take({ id, shares }) {
    if (id !== this.job) return;
    this.shares.push(shares);
    this.changed(false);
  }

  compute({ garment, which, size, fill, of, row, column }) {
    this.picture = this.pictures[Number(garment) + which - 1];
    const setting = [garment, which, size, fill].join();
    if (setting !== this.setting) {
      this.setting = setting;
      this.start();
    }
    const last = this.places - 1;
    [this.controls.row.max, this.controls.column.max] = [last, last];
    const [top, left] = [Math.min(row, last), Math.min(column, last)];
    const whole = this.net.probabilities(this.picture);
    const chosen = of === "" ? whole.indexOf(Math.max(...whole)) : Number(of);
    const patched = covered(this.picture, { top, left, size, fill: Number(fill) });
    const shares = [...this.net.probabilities(patched)];
    const frames = [{ top, left, rows: size, columns: size }];
    paint(this.canvas("garment"), plane(patched), { frames });
    bars(this.querySelector(".cnn-bars"), this.net.classes, shares);
    const name = this.net.classes[chosen];
    const numbers = { name, before: percent(whole[chosen]), after: percent(shares[chosen]) };
    this.say(this.text("covered", { ...numbers, row: top, column: left }));
    this.map(whole[chosen], chosen, size, frames);
  }

  map(before, chosen, size, frames) {
    const drops = this.shares.map((line) => line.map((shares) => before - shares[chosen]));
    const map = spread(drops, size, [SIDE, SIDE]);
    const [low, high] = range(map.data);
    const limit = Math.max(-low, high, FAINT);
    paint(this.canvas("map"), map, { signed: true, limit, frames });
    const done = this.shares.length;
    this.querySelector("progress").value = done / this.places;
    const words = this.running ? "running" : this.cancelled ? "cancelled" : "done";
    const most = Math.max(...drops.flat());
    const row = drops.findIndex((line) => line.includes(most));
    this.show(
      "progress",
      this.text(words, {
        rows: done,
        of: this.places,
        places: this.places ** 2,
        lowest: percent(before - most),
        row,
        column: drops[row]?.indexOf(most),
      }),
    );
    this.show("limit", number(100 * limit, 1));
    this.show("name", this.net.classes[chosen]);
    this.querySelector("[data-run]").textContent = this.text(this.running ? "cancel" : "again");
  }

  step() {
    const { row, column } = this.state;
    const next = column + 2 < this.places ? [row, column + 2] : [row + 2, 0];
    this.set({ row: next[0] < this.places ? next[0] : 0, column: next[1] });
  }
}
customElements.define("cnn-occlude", Occlude);
