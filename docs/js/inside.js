// A look inside a network, for a part of a page: a layer's maps, and what makes one cell.
import { before, cell, maps, mosaic, strongest } from "./cells.js";
import { paint, plane, pointing } from "./heat.js";
import { number } from "./widget.js";

const WRITTEN = 3; // rows: numbers fit into the cells of planes up to this size
const most = (data) => data.reduce((found, value) => Math.max(found, Math.abs(value)), 0) || 1;
const signed = ({ data }) => ({ limit: most(data), signed: true });

/**
 * Shows the controls `layer`, `map`, `row` and `column` of a part: `new Inside(part, net)`.
 * Its canvases are `maps`, `map` and `given`, and `input`, `kernel` and `products` with 0 to 2.
 */
export class Inside {
  constructor(part, net) {
    Object.assign(this, { part, net });
    const tile = (row, column) => this.choose(row * this.across + column);
    const turn = (down, across) => this.choose(part.state.map + down * this.across + across);
    const tiles = () => [Math.ceil(this.maps.shape[2] / this.across), this.across];
    pointing(part.canvas("maps"), tiles, tile, turn);
    const point = (row, column) => part.set({ row, column });
    const move = (down, across) => point(part.state.row + down, part.state.column + across);
    pointing(part.canvas("map"), () => this.maps.shape, point, move);
    for (const name of ["layer", "map"]) {
      part.controls[name].addEventListener("input", () => (this.another = true));
    }
  }

  choose(map) {
    if (map < 0 || map >= this.maps.shape[2]) return;
    this.another = true;
    this.part.set({ map });
  }

  // Another map begins with its largest cell.
  #largest() {
    const { data, columns } = plane(this.maps, this.map);
    const at = data.indexOf(data.reduce((a, b) => Math.max(a, b)));
    Object.assign(this, { row: Math.floor(at / columns), column: at % columns, another: false });
    for (const name of ["row", "column"]) this.part.controls[name].value = this[name];
  }

  /** Show a state, with the outputs of all layers. */
  show({ layer, map, row, column }, outputs) {
    this.layer = Number(layer);
    this.maps = maps(outputs, this.layer);
    // The numbers that choose a cell end where the layer does.
    const [rows, columns, count] = this.maps.shape;
    for (const [name, at, end] of [
      ["row", row, rows],
      ["column", column, columns],
      ["map", map, count],
    ]) {
      this.part.controls[name].max = end - 1;
      this[name] = Math.min(at, end - 1);
    }
    if (this.another) this.#largest();
    // A dense layer's maps have one cell each.
    for (const element of this.part.querySelectorAll("[data-cells]")) element.hidden = rows === 1;
    this.across = count === 10 ? 5 : 8;
    this.#overview();
    this.#explain(outputs);
  }

  #overview() {
    const { part, map } = this;
    const [rows, columns, count] = this.maps.shape;
    const limit = most(this.maps.data);
    const look = { limit, signed: this.net.layers[this.layer].activation === "linear" };
    if (rows === 1) look.numbers = (value) => number(value, 1);
    const all = mosaic(this.maps, this.across, limit / 3);
    const top = Math.floor(map / this.across) * all.tall;
    const left = (map % this.across) * all.wide;
    paint(part.canvas("maps"), all, { ...look, frames: [{ top, left, rows, columns }] });
    const chosen = { top: this.row, left: this.column, rows: 1, columns: 1 };
    paint(part.canvas("map"), plane(this.maps, map), { ...look, frames: [chosen] });
    const planes = Array.from({ length: count }, (_, k) => plane(this.maps, k).data);
    const zero = planes.filter((one) => one.every((value) => value === 0)).length;
    const words = rows > 1 ? "maps" : "numbers";
    part.show("maps", part.text(words, { count, rows, columns, zero }));
    part.show("map", map);
  }

  #explain(outputs) {
    const { part, net, layer, map } = this;
    const parts = cell(net, layer, this.row, this.column, map, outputs);
    const { input, kernel, products, top, left } = parts;
    const given = maps(outputs, before(net, layer));
    const limit = most(given.data);
    const chosen = kernel ? strongest(products, 3) : [[map]];
    const [rows, columns, channels] = input.shape;
    const frames = [{ top, left, rows, columns }];
    paint(part.canvas("given"), plane(given, chosen[0][0]), { limit, frames });
    part.show("given", chosen[0][0]);
    part.querySelectorAll("[data-part]").forEach((element, at) => {
      element.hidden = at >= chosen.length;
      if (!element.hidden) this.#channel(element, at, chosen[at], parts, limit);
    });
    const few = !kernel || channels <= chosen.length;
    part.show("most", few ? "" : part.text(rows > 1 ? "most" : "mostNumbers", { channels }));
    this.#sum(parts);
  }

  // What one channel of the layer's input adds: in words where it is a single number.
  #channel(element, at, [channel, sum = 0], { input, kernel, products }, limit) {
    const { part } = this;
    const single = input.shape[0] === 1;
    const [x, weight] = [input, kernel].map((all) => number(all?.data[channel] ?? 0));
    const name = single ? "product" : kernel ? "part" : "window";
    part.show(`part${at}`, part.text(name, { channel, adds: number(sum), x, weight }));
    element.lastElementChild.hidden = single;
    if (single) return;
    this.#draw(`input${at}`, input, kernel ? channel : 0, { limit });
    this.#draw(`kernel${at}`, kernel, channel, kernel && signed(kernel));
    this.#draw(`products${at}`, products, channel, kernel && signed(products));
  }

  #draw(name, x, channel, look) {
    const canvas = this.part.canvas(name);
    canvas.hidden = !x;
    if (!x) return;
    const numbers = x.shape[0] > WRITTEN ? undefined : (value) => number(value);
    paint(canvas, plane(x, channel), { ...look, numbers });
  }

  #sum({ input, kernel, sum, bias, value }) {
    const { part, net, layer, map } = this;
    const kind = kernel ? net.layers[layer].activation : "pooled";
    const values = { sum, bias, total: sum + bias, value };
    for (const [name, one] of Object.entries(values)) values[name] = number(one ?? 0);
    const count = input.data.length;
    part.show("cell", part.text(kind, { ...values, count, class: net.classes[map] }));
  }
}
