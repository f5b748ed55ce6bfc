// The maps of a network as pictures, and what one cell of a map is made of.
import { plane } from "./heat.js";
import { tensor } from "./ops.js";

// Layers that hand on what they get: they write it in a row, or drop of it in training only.
const PASSING = ["flatten", "dropout"];

const column = ({ data, shape }, at) =>
  data.filter((_, place) => place % shape.at(-1) === at);

/** The layer whose output a layer takes, those left out that hand on what they get; or -1. */
export const before = (net, i) => {
  let from = i - 1;
  while (from >= 0 && PASSING.includes(net.layers[from].kind)) from--;
  return from;
};

/** A layer's output as maps, [rows, columns, maps]; of a dense layer 1×1 each. */
export const maps = (outputs, i) => {
  const { data, shape } = i < 0 ? outputs.input : outputs[i];
  return tensor(shape.length === 1 ? [1, 1, ...shape] : shape, data);
};

/** As Net's `cell`. A dense layer is a convolution whose kernel is as large as its input. */
export const cell = (net, i, row, col, map, outputs) => {
  const layer = net.layers[i];
  if (layer.kind !== "dense") return net.cell(i, row, col, map, outputs);
  const input = maps(outputs, before(net, i));
  const [weights, biases] = layer.tensors;
  const kernel = tensor(input.shape, column(weights, map));
  const products = tensor(
    input.shape,
    kernel.data.map((weight, at) => weight * input.data[at]),
  );
  const sum = products.data.reduce((a, b) => a + b);
  const value = outputs[i].data[map];
  return { input, kernel, products, sum, bias: biases.data[map], value, top: 0, left: 0 };
};

/** The channels that add or take away most: at most `count` pairs [channel, sum]. */
export const strongest = ({ data, shape }, count) =>
  Array.from({ length: shape.at(-1) }, (_, k) => [
    k,
    column({ data, shape }, k).reduce((a, b) => a + b),
  ])
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .slice(0, count);

/** All maps beside and below each other, with lines of the number `line` between them. */
export const mosaic = (all, across, line) => {
  const [rows, columns, count] = all.shape;
  const gap = rows > 1 ? 1 : 0;
  const [tall, wide] = [rows + gap, columns + gap];
  const down = Math.ceil(count / across);
  const whole = { rows: down * tall - gap, columns: across * wide - gap };
  const data = new Float32Array(whole.rows * whole.columns).fill(line);
  for (let k = 0; k < count; k++) {
    const top = Math.floor(k / across) * tall;
    const left = (k % across) * wide;
    const one = plane(all, k).data;
    for (let row = 0; row < rows; row++) {
      const cells = one.subarray(row * columns, (row + 1) * columns);
      data.set(cells, (top + row) * whole.columns + left);
    }
  }
  return { ...whole, data, tall, wide, down };
};
