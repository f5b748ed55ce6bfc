// Makes the calls of the golden cases with the modules of docs/js, and tells how far off
// their results are. Runs in a page of its own beside these modules.
import * as affine from "./js/affine.js";
import { load } from "./js/net.js";
import * as ops from "./js/ops.js";

const moment = (x, axes, name) => ops.moments(x, axes)[name];
const FUNCTIONS = Object.fromEntries([
  ["moment", moment],
  ...Object.entries(ops).map(([name, call]) => [`ops.${name}`, call]),
  ...Object.entries(affine).map(([name, call]) => [`affine.${name}`, call]),
]);
const ARRAYS = { float32: Float32Array, uint8: Uint8Array, uint16: Uint16Array };
const count = (shape) => shape.reduce((product, side) => product * side, 1);
const fetched = async (name) => (await fetch(name)).arrayBuffer();

const decoded = (value, numbers) => {
  if (Array.isArray(value)) return value.map((inner) => decoded(inner, numbers));
  if (value === null || typeof value !== "object") return value;
  if (value.function) return FUNCTIONS[value.function](...decoded(value.given, numbers));
  if (value.type) {
    const data = new ARRAYS[value.type](numbers, value.at, count(value.shape));
    return value.type === "float32" ? { data, shape: value.shape } : data;
  }
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, inner]) => [name, decoded(inner, numbers)]));
};

// Infinite where the shapes differ or one is no number.
const difference = (ours, theirs) => {
  const shape = ours.shape ?? [ours.length];
  if (JSON.stringify(shape) !== JSON.stringify(theirs.shape)) return Infinity;
  const data = ours.data ?? ours;
  return theirs.data.reduce((largest, expected, i) => {
    if (Object.is(data[i], expected)) return largest;
    const off = Math.abs(data[i] - expected);
    return Math.max(largest, Number.isNaN(off) ? Infinity : off);
  }, 0);
};

const outcome = (call, expected, numbers) => {
  if (expected) return difference(decoded(call, numbers), decoded(expected, numbers));
  try {
    decoded(call, numbers);
  } catch (error) {
    if (error instanceof RangeError) return 0;
    throw error;
  }
  return Infinity; // It should have refused.
};

const cases = fetched("cases.json").then((text) => JSON.parse(new TextDecoder().decode(text)));
const numbers = fetched("numbers.bin");

// Calls may differ in their numbers alone, so each tells its place, too.
const told = (call, place) =>
  place + JSON.stringify(call, (_, value) => (value?.type ? `[${value.shape}]` : value));

/** The names of all groups. */
export const groups = async () => [...new Set((await cases).map(({ group }) => group))];

/** For each case of a group a text that tells it, and how far off the result is. */
export const compare = async (group) => {
  const all = await numbers;
  return (await cases)
    .filter((each) => each.group === group)
    .map(({ call, expected }, place) => [told(call, place), outcome(call, expected, all)]);
};

/** The same for the convolutions that Keras computes, with kernels scaled by a factor. */
export const compareScaled = async (factor) => {
  const all = (await numbers).slice();
  return (await cases)
    .filter(({ group, expected }) => group === "convolution" && expected)
    .map(({ call, expected }, place) => {
      const { data } = decoded(call.given[1], all);
      data.forEach((weight, i) => (data[i] = weight * factor));
      return [told(call, place), outcome(call, expected, all)];
    });
};

/** The largest difference of each layer over all pictures, and how often the top classes agree. */
export const compareNetwork = async () => {
  const net = await load("network.bin");
  const shapes = JSON.parse(new TextDecoder().decode(await fetched("garments.json")));
  const all = await fetched("garments.bin");
  let at = 0;
  const tensors = shapes.map(([pictures, ...shape]) => {
    const size = count(shape);
    return Array.from({ length: pictures }, () => {
      const data = new Float32Array(all, at, size);
      at += size * 4;
      return { data, shape };
    });
  });
  const [pictures, ...layers] = tensors;
  const off = layers.map(() => 0);
  let agreeing = 0;
  pictures.forEach((picture, p) => {
    const outputs = net.run(picture);
    outputs.forEach((output, l) => (off[l] = Math.max(off[l], difference(output, layers[l][p]))));
    const top = ({ data }) => data.indexOf(Math.max(...data));
    agreeing += top(outputs.at(-1)) === top(layers.at(-1)[p]);
  });
  const named = net.layers.map(({ name }, l) => [name, off[l]]);
  return { pictures: pictures.length, agreeing, layers: named };
};

/** How far what `cell` tells is from the layer's output, for cells all over each layer. */
export const compareCells = async () => {
  const net = await load("network.bin");
  const picture = ops.tensor(net.header.input);
  picture.data.forEach((_, i) => (picture.data[i] = ((i * 7919) % 256) / 255));
  const outputs = net.run(picture);
  return net.layers.flatMap((layer, l) => {
    if (!layer.size) return [];
    const [rows, columns, maps] = layer.output;
    const at = (data, r, c, m) => data[(r * columns + c) * maps + m];
    let off = 0;
    for (const r of [0, 1, rows - 1]) {
      for (const c of [0, 2, columns - 1]) {
        for (const m of [0, maps - 1]) {
          const cell = net.cell(l, r, c, m, outputs);
          const made = cell.kernel ? Math.max(cell.sum + cell.bias, 0) : Math.max(...cell.input.data);
          off = Math.max(off, Math.abs(made - at(outputs[l].data, r, c, m)), Math.abs(made - cell.value));
        }
      }
    }
    return [[layer.kind, off]];
  });
};

/** What loading the network comes to. */
export const loading = () =>
  load("network.bin").then(
    () => "loaded",
    ({ message }) => message,
  );
