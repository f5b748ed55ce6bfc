// Reads the file that cnnguide.export.network wrote, and runs its network for one picture.
import { conv2d, dense, extent, halves, patch, pool2d, relu, softmax, tensor } from "./ops.js";

const count = (shape) => shape.reduce((product, side) => product * side, 1);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// For each kind of layer: the output's shape, the shapes of its weights, and its output.
const slid = ([rows, columns], { size, strides, dilation = [1, 1], padding }) =>
  [rows, columns].map(
    (side, axis) =>
      extent(side, size[axis], { stride: strides[axis], dilation: dilation[axis], padding })
        .length,
  );
const pooling = (kind) => ({
  shape: (input, layer) => [...slid(input, layer), input[2]],
  run: (x, layer) => pool2d(x, { ...layer, kind }),
});
const KINDS = {
  conv2d: {
    shape: (input, layer) => [...slid(input, layer), layer.filters],
    weights: (input, { size, filters }) => [[...size, input[2], filters], [filters]],
    run: (x, layer) => conv2d(x, ...layer.tensors, layer),
  },
  max_pooling2d: pooling("max"),
  average_pooling2d: pooling("average"),
  flatten: {
    shape: (input) => [count(input)],
    run: (x) => tensor([x.data.length], x.data),
  },
  dropout: { shape: (input) => input, run: (x) => x },
  dense: {
    shape: (_, { units }) => [units],
    weights: ([inputs], { units }) => [[inputs, units], [units]],
    run: (x, layer) => dense(x, ...layer.tensors),
  },
};
const ACTIVATIONS = { linear: (x) => x, relu };

/** A network of the guide: what its header says, and its weights. */
export class Net {
  /** Takes the file's bytes, an ArrayBuffer. Throws where they are not as they should be. */
  constructor(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    this.header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    this.classes = this.header.classes;
    this.layers = this.header.layers.map((layer) => ({ ...layer }));
    const words = new Uint16Array(buffer, 4 + length);
    const used = this.layers.reduce((from, layer) => this.#take(layer, words, from), 0);
    if (used !== words.length) throw new RangeError("the file is too long");
    this.#check();
  }

  #take(layer, words, from) {
    layer.tensors = layer.weights.map((shape) => {
      const numbers = words.subarray(from, (from += count(shape)));
      if (numbers.length !== count(shape)) throw new RangeError("the file is too short");
      return tensor(shape, halves(numbers));
    });
    return from;
  }

  #check() {
    const output = this.layers.reduce((input, layer) => {
      const kind = KINDS[layer.kind];
      const shape = kind.shape(input, layer);
      const weights = kind.weights?.(input, layer) ?? [];
      if (!same(shape, layer.output) || !same(weights, layer.weights)) {
        throw new RangeError(`the layer ${layer.kind} has other shapes than it says`);
      }
      if (!ACTIVATIONS[layer.activation ?? "linear"]) throw new RangeError(layer.activation);
      return shape;
    }, this.header.input);
    if (!same(output, [this.classes.length])) throw new RangeError("one logit for each class");
  }

  /**
   * Every layer's output for a picture of shape `header.input`, the logits last. The array
   * has the picture itself as `input`.
   */
  run(x) {
    let y = x;
    const outputs = this.layers.map((layer) => {
      y = ACTIVATIONS[layer.activation ?? "linear"](KINDS[layer.kind].run(y, layer));
      return y;
    });
    return Object.assign(outputs, { input: x });
  }

  /** The probabilities of all classes for a picture, Float32Array [classes]. */
  probabilities(x) {
    return softmax(this.run(x).at(-1)).data;
  }

  /**
   * What makes one cell of a convolution's or a pooling's map, from the outputs of `run`:
   * `input`, the cells it sees, and their first one's `top` and `left` in the layer's input;
   * its `value`; and for a convolution the map's `kernel`, the `products`, all three
   * [rows, columns, channels], their `sum`, and the `bias`: value = activation(sum + bias).
   */
  cell(i, row, column, map, outputs) {
    const layer = this.layers[i];
    const { top, left, ...input } = patch(
      i ? outputs[i - 1] : outputs.input,
      layer.size,
      row,
      column,
      layer,
    );
    const [, columns, maps] = outputs[i].shape;
    const value = outputs[i].data[(row * columns + column) * maps + map];
    if (!layer.weights.length) {
      const seen = input.data.filter((_, at) => at % maps === map);
      return { input: tensor([...layer.size, 1], seen), top, left, value };
    }
    const [weights, biases] = layer.tensors;
    const kernel = tensor(
      input.shape,
      weights.data.filter((_, at) => at % maps === map),
    );
    const products = tensor(
      input.shape,
      kernel.data.map((weight, at) => weight * input.data[at]),
    );
    const sum = products.data.reduce((a, b) => a + b);
    return { input, kernel, products, sum, bias: biases.data[map], value, top, left };
  }
}

/**
 * The network of a file: a promise of a Net. Rejects with the message "missing" where the
 * file does not come, and "broken" where it is no network.
 */
export const load = async (url) => {
  const response = await fetch(url).catch((cause) => {
    throw new Error("missing", { cause });
  });
  if (!response.ok) throw new Error("missing");
  try {
    return new Net(await response.arrayBuffer());
  } catch (cause) {
    throw new Error("broken", { cause });
  }
};
