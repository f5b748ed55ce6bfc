// A stack of Keras's layers as a short text, such as "conv 16 3, pool 2, flatten, dense 10":
// what it says, what comes out of each layer, and its code.
// tests/browser/test_live_shape.py compares it with Keras.
import { extent } from "./ops.js";

const pooling = { needs: ["window"], may: ["strides", "padding"] };
const alone = { needs: [], may: [] };

/**
 * The kinds of layers: the name in Keras, a text to begin with, what is given by place, and
 * what may follow by name.
 */
export const KINDS = {
  conv: {
    keras: "Conv2D",
    first: "conv 16 3",
    needs: ["filters", "window"],
    may: ["strides", "dilation", "padding"],
  },
  pool: { keras: "MaxPooling2D", first: "pool 2", ...pooling },
  average: { keras: "AveragePooling2D", first: "average 2", ...pooling },
  global: { keras: "GlobalAveragePooling2D", first: "global", ...alone },
  flatten: { keras: "Flatten", first: "flatten", ...alone },
  dense: { keras: "Dense", first: "dense 10", needs: ["units"], may: [] },
  dropout: { keras: "Dropout", first: "dropout 0.5", needs: ["rate"], may: [] },
  norm: { keras: "BatchNormalization", first: "norm", ...alone },
};
const PADDINGS = ["valid", "same"];
const KEYWORDS = { strides: "strides", dilation: "dilation_rate", padding: "padding" };
const LIMITS = {
  filters: [1, 2048],
  window: [1, 64],
  strides: [1, 64],
  dilation: [1, 64],
  units: [1, 9999],
  rate: [0, 1],
};

const value = (name, word = "") => {
  if (name === "padding") return PADDINGS.includes(word) ? word : NaN;
  const [least, most] = LIMITS[name];
  const pattern = name === "rate" ? /^(\d+\.?\d*|\.\d+)$/ : /^\d+$/;
  const found = pattern.test(word) ? Number(word) : NaN;
  return found >= least && found <= most ? found : NaN;
};

// The words of one layer: the padding is a name and its value in one.
const layer = ([kind, ...words]) => {
  const { needs, may } = KINDS[kind];
  const found = { kind };
  for (const name of needs) found[name] = value(name, words.shift());
  while (words.length) {
    const name = PADDINGS.includes(words[0]) ? "padding" : words.shift();
    if (!may.includes(name) || name in found) return null;
    found[name] = value(name, words.shift());
  }
  return Object.values(found).some(Number.isNaN) ? null : found;
};

/** What cannot be read: the layer's `place`, from 0, its `kind` if it is one, and its text. */
export class Unread extends SyntaxError {
  constructor(place, kind, got) {
    super(got);
    Object.assign(this, { place, kind: Object.hasOwn(KINDS, kind) ? kind : "kind", got });
  }
}

/** The layers of a text: objects with `kind` and what is given. Throws an Unread. */
export const read = (text) =>
  text.split(",").map((part, place) => {
    const words = part.trim().toLowerCase().split(/\s+/);
    const found = Object.hasOwn(KINDS, words[0]) && layer(words);
    if (!found) throw new Unread(place, words[0], part.trim());
    return found;
  });

/** A layer with what Keras takes where nothing is given. */
export const filled = (given) => ({
  strides: given.kind === "conv" ? 1 : given.window,
  dilation: 1,
  padding: "valid",
  ...given,
});

// What differs from what Keras takes anyway.
const named = (given) => {
  const { kind, window } = given;
  const usual = filled({ kind, window });
  return KINDS[kind].may.filter((name) => name in given && given[name] !== usual[name]);
};

/** The text of one layer. */
const word = (given) => {
  const { kind } = given;
  const more = named(given).map((name) =>
    name === "padding" ? given.padding : `${name} ${given[name]}`,
  );
  return [kind, ...KINDS[kind].needs.map((name) => given[name]), ...more].join(" ");
};

/** The text of layers. */
export const write = (layers) => layers.map(word).join(", ");

/** A layer as Keras is told it; `more` are further arguments. */
export const call = (given, more = []) => {
  const { keras, needs } = KINDS[given.kind];
  const keywords = named(given).map((name) => `${KEYWORDS[name]}=${JSON.stringify(given[name])}`);
  return `${keras}(${[...needs.map((name) => given[name]), ...keywords, ...more].join(", ")})`;
};

/**
 * The code of a model: a stack on pictures [rows, columns, channels]. What has weights has a
 * ReLU, but for the last layer, whose numbers are logits.
 */
export const code = (layers, input) => {
  const lines = layers.map((given, place) => {
    const active = ["conv", "dense"].includes(given.kind) && place < layers.length - 1;
    return `        layers.${call(given, active ? ['activation="relu"'] : [])},`;
  });
  const sides = input.join(", ");
  return [
    "import keras",
    "from keras import layers\n",
    "model = keras.Sequential(",
    "    [",
    `        keras.Input((${sides})),`,
    ...lines,
    "    ]",
    ")",
  ].join("\n");
};

const count = (shape) => shape.reduce((product, side) => product * side, 1);

// A receptive field along one axis: place i of `count` depends on the pixels low + i·jump to
// high + i·jump; what depends on all has no jump. As in cnnguide/explain/fields.py.
const over = (span, size, stride, { before, length }) => ({
  low: span.low - before * span.jump,
  high: span.high + (size - 1 - before) * span.jump,
  jump: span.jump * stride,
  count: length,
});
const whole = ({ low, high, jump, count: places }) => ({
  low,
  high: high + (places - 1) * jump,
  jump: 0,
  count: 1,
});
const sees = ({ low, high, jump }, side) =>
  jump ? high - low + 1 : Math.min(high, side - 1) - Math.max(low, 0) + 1;

/** What is wrong with a layer in its place: the name of the problem, and its numbers. */
class Impossible extends RangeError {
  constructor(problem, values) {
    super(problem);
    Object.assign(this, { problem, values });
  }
}

const slid = (given, shape, spans) => {
  const { window, strides: stride, dilation, padding } = filled(given);
  if (stride > 1 && dilation > 1) throw new Impossible("dilated", { stride, dilation });
  const size = (window - 1) * dilation + 1;
  const [rows, columns] = shape;
  if (padding === "valid" && size > Math.min(rows, columns)) {
    throw new Impossible("large", { size, rows, columns });
  }
  const axes = [rows, columns].map((side) => extent(side, window, { stride, dilation, padding }));
  return {
    sides: axes.map(({ length }) => length),
    spans: spans.map((span, axis) => over(span, size, stride, axes[axis])),
  };
};

const pooled = (given, shape, spans) => {
  const { sides, spans: wider } = slid(given, shape, spans);
  return { shape: [...sides, shape[2]], spans: wider };
};

// What each kind makes of a shape and its spans; where nothing is said, all stays as it was.
const APPLY = {
  conv: (given, shape, spans) => {
    const { sides, spans: wider } = slid(given, shape, spans);
    const weights = given.window ** 2 * shape[2];
    const parameters = (weights + 1) * given.filters;
    const out = [...sides, given.filters];
    return { shape: out, spans: wider, parameters, adds: count(out) * weights };
  },
  pool: pooled,
  average: pooled,
  global: (_, shape, spans) => ({ shape: [shape[2]], spans: spans.map(whole) }),
  flatten: (_, shape) => ({ shape: [count(shape)] }),
  dense: ({ units }, shape, spans) => ({
    shape: [...shape.slice(0, -1), units],
    spans: shape.length === 1 ? spans.map(whole) : spans,
    parameters: (shape.at(-1) + 1) * units,
    adds: count(shape) * units,
  }),
  dropout: () => ({}),
  norm: (_, shape) => ({ parameters: 4 * shape.at(-1) }),
};

const MAPS = ["conv", "pool", "average", "global"]; // they take maps, not a row of numbers
const applied = (layer, { shape, spans }) => {
  if (MAPS.includes(layer.kind) && shape.length === 1) {
    throw new Impossible("row", { count: shape[0] });
  }
  return { shape, spans, parameters: 0, adds: 0, ...APPLY[layer.kind](layer, shape, spans) };
};

/**
 * What comes out of each layer of a stack on pictures [rows, columns, channels]:
 * { given, shape, parameters, adds, sees }. `given` is the shape that comes in, `adds` are
 * multiply-adds, `sees` is the receptive field [rows, columns]. Where a layer is impossible,
 * the array ends before it, and has the Impossible as `problem`.
 */
export const follow = (layers, input) => {
  const found = [];
  let last = {
    shape: input,
    spans: input.slice(0, 2).map((side) => ({ low: 0, high: 0, jump: 1, count: side })),
  };
  for (const layer of layers) {
    const given = last.shape;
    try {
      last = applied(layer, last);
    } catch (error) {
      if (!(error instanceof Impossible)) throw error;
      return Object.assign(found, { problem: error });
    }
    found.push({ ...last, given, sees: last.spans.map((span, axis) => sees(span, input[axis])) });
  }
  return found;
};
