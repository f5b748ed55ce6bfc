// The arithmetic of Keras's layers, for one picture at a time. A tensor is
// { data: Float32Array, shape: [rows, columns, channels] }, row by row, channels last.
// tests/browser/test_golden.py compares each function with Keras.

const count = (shape) => shape.reduce((product, side) => product * side, 1);

/** A tensor of the given shape, of zeros or of the given numbers. */
export const tensor = (shape, data = new Float32Array(count(shape))) => ({ data, shape });

/** Each number changed by itself: the same shape. */
export const each = (x, change) => tensor(x.shape, x.data.map(change));

/**
 * How long the output is along one axis, and how many cells are added before the input.
 * Throws a RangeError where the window does not fit.
 */
export const extent = (length, size, { stride = 1, dilation = 1, padding = "valid" } = {}) => {
  const span = (size - 1) * dilation + 1;
  if (padding === "same") {
    const same = Math.ceil(length / stride);
    return { length: same, before: Math.max((same - 1) * stride + span - length, 0) >> 1 };
  }
  if (span > length) throw new RangeError(`a window of ${span} does not fit into ${length}`);
  return { length: Math.floor((length - span) / stride) + 1, before: 0 };
};

const extents = ([rows, columns], size, strides, dilation, padding) =>
  [rows, columns].map((length, axis) =>
    extent(length, size[axis], { stride: strides[axis], dilation: dilation[axis], padding }),
  );

/**
 * The cells of x that make one cell of the output, zeros where they lie outside.
 * Returns a tensor [size rows, size columns, channels] with its first cell's row and column
 * in x as `top` and `left`.
 */
export const patch = (
  x,
  size,
  row,
  column,
  { strides = [1, 1], dilation = [1, 1], padding = "valid" } = {},
) => {
  const [rows, columns, channels] = x.shape;
  const [down, across] = extents(x.shape, size, strides, dilation, padding);
  const top = row * strides[0] - down.before;
  const left = column * strides[1] - across.before;
  const found = tensor([...size, channels]);
  for (let i = 0; i < size[0]; i++) {
    for (let j = 0; j < size[1]; j++) {
      const [r, c] = [top + i * dilation[0], left + j * dilation[1]];
      if (r < 0 || r >= rows || c < 0 || c >= columns) continue;
      const start = (r * columns + c) * channels;
      found.data.set(x.data.subarray(start, start + channels), (i * size[1] + j) * channels);
    }
  }
  return { ...found, top, left };
};

/**
 * Conv2D: kernel [size rows, size columns, channels, filters], bias [filters] or null.
 * Returns [rows, columns, filters].
 */
export const conv2d = (
  x,
  kernel,
  bias,
  { strides = [1, 1], dilation = [1, 1], padding = "valid" } = {},
) => {
  if (Math.max(...strides) > 1 && Math.max(...dilation) > 1) {
    throw new RangeError("strides above 1 do not go together with a dilation above 1");
  }
  const [rows, columns, channels] = x.shape;
  const [tall, wide, , filters] = kernel.shape;
  const [down, across] = extents(x.shape, [tall, wide], strides, dilation, padding);
  const y = tensor([down.length, across.length, filters]);
  const start = new Float64Array(filters);
  if (bias) start.set(bias.data);
  const sums = new Float64Array(filters);
  const weights = kernel.data;
  for (let row = 0, at = 0; row < down.length; row++) {
    for (let column = 0; column < across.length; column++, at += filters) {
      sums.set(start);
      for (let i = 0; i < tall; i++) {
        const r = row * strides[0] - down.before + i * dilation[0];
        if (r < 0 || r >= rows) continue;
        for (let j = 0; j < wide; j++) {
          const c = column * strides[1] - across.before + j * dilation[1];
          if (c < 0 || c >= columns) continue;
          let from = (r * columns + c) * channels;
          let to = (i * wide + j) * channels * filters;
          for (let k = 0; k < channels; k++, to += filters) {
            const value = x.data[from++];
            if (value === 0) continue; // as after many a ReLU
            for (let f = 0; f < filters; f++) sums[f] += value * weights[to + f];
          }
        }
      }
      y.data.set(sums, at);
    }
  }
  return y;
};

/**
 * MaxPooling2D and AveragePooling2D. What lies outside counts for neither: the average is
 * taken over the cells inside.
 */
export const pool2d = (
  x,
  { kind = "max", size = [2, 2], strides = size, padding = "valid" } = {},
) => {
  const [rows, columns, channels] = x.shape;
  const [down, across] = extents(x.shape, size, strides, [1, 1], padding);
  const y = tensor([down.length, across.length, channels]);
  const largest = kind === "max";
  for (let row = 0, at = 0; row < down.length; row++) {
    const top = Math.max(row * strides[0] - down.before, 0);
    const bottom = Math.min(row * strides[0] - down.before + size[0], rows);
    for (let column = 0; column < across.length; column++) {
      const left = Math.max(column * strides[1] - across.before, 0);
      const right = Math.min(column * strides[1] - across.before + size[1], columns);
      for (let k = 0; k < channels; k++) {
        let result = largest ? -Infinity : 0;
        for (let r = top; r < bottom; r++) {
          for (let c = left; c < right; c++) {
            const value = x.data[(r * columns + c) * channels + k];
            if (!largest) result += value;
            else if (value > result) result = value;
          }
        }
        y.data[at++] = largest ? result : result / ((bottom - top) * (right - left));
      }
    }
  }
  return y;
};

// Where the statistics of each number stand: those of the axes that are not averaged over.
const groups = (x, axes) => {
  const shape = x.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
  const of = new Int32Array(x.data.length);
  const [, columns, channels] = x.shape;
  for (let at = 0; at < of.length; at++) {
    const row = Math.floor(at / (columns * channels)) % shape[0];
    const column = (Math.floor(at / channels) % columns) % shape[1];
    of[at] = (row * shape[1] + column) * shape[2] + ((at % channels) % shape[2]);
  }
  return { shape, of };
};

/**
 * The mean and variance over some axes of x: tensors whose sides along these axes are 1.
 * A batch of pictures, one below the other, is a picture: its statistics are over [0, 1].
 */
export const moments = (x, axes) => {
  const { shape, of } = groups(x, axes);
  const size = x.data.length / count(shape);
  const mean = new Float64Array(count(shape));
  const variance = new Float64Array(mean.length);
  of.forEach((group, at) => (mean[group] += x.data[at] / size));
  of.forEach((group, at) => (variance[group] += (x.data[at] - mean[group]) ** 2 / size));
  return {
    mean: tensor(shape, Float32Array.from(mean)),
    variance: tensor(shape, Float32Array.from(variance)),
  };
};

/** LayerNormalization over some axes, without a learned scale and offset: the same shape. */
export const layerNorm = (x, { axes = [2], epsilon = 1e-3 } = {}) => {
  const { of } = groups(x, axes);
  const { mean, variance } = moments(x, axes);
  return each(
    x,
    (value, at) => (value - mean.data[of[at]]) / Math.sqrt(variance.data[of[at]] + epsilon),
  );
};

/** BatchNormalization with given statistics, such as `moments(x, [0, 1])`: the same shape. */
export const batchNorm = (x, { mean, variance, gamma, beta, epsilon = 1e-3 }) => {
  const channels = x.shape.at(-1);
  return each(x, (value, at) => {
    const k = at % channels;
    const scale = (gamma?.data[k] ?? 1) / Math.sqrt(variance.data[k] + epsilon);
    return (value - mean.data[k]) * scale + (beta?.data[k] ?? 0);
  });
};

// The mean of rows' means is the window's: each of its rows holds equally many cells.
const localMean = (x, [tall, wide]) => {
  const options = { kind: "average", strides: [1, 1], padding: "same" };
  return pool2d(pool2d(x, { ...options, size: [tall, 1] }), { ...options, size: [1, wide] });
};

/**
 * What lies around each number, in a window `size` [rows, columns]: `detail`, the number minus
 * the window's mean, and `variance`, the window's mean of detail²: both as large as x.
 */
export const surroundings = (x, size) => {
  const { mean } = moments(x, [0, 1]);
  const channels = x.shape[2];
  const centred = each(x, (value, at) => value - mean.data[at % channels]);
  const means = localMean(centred, size);
  const detail = each(centred, (value, at) => value - means.data[at]);
  return { detail, variance: localMean(each(detail, (value) => value * value), size) };
};

/** The course's LocalContrastNormalization, window `size` [rows, columns]: the same shape. */
export const lcn = (x, { size = [9, 9], epsilon = 1e-4 } = {}) => {
  const { detail, variance } = surroundings(x, size);
  return each(detail, (value, at) => value / Math.sqrt(variance.data[at] + epsilon));
};

/**
 * Dropout in training: the kept numbers (mask 1) grow by 1/(1 - rate), the others are 0. With a
 * mask that is the mean of several, the mean of what comes out.
 */
export const dropout = (x, mask, rate) =>
  each(x, (value, i) => mask[i] && (value * mask[i]) / (1 - rate));

/** Dense: a vector [n], kernel [n, units], bias [units] or null. Returns [units]. */
export const dense = (x, kernel, bias) => {
  const [, units] = kernel.shape;
  const sums = new Float64Array(units);
  if (bias) sums.set(bias.data);
  for (let i = 0; i < x.data.length; i++) {
    const value = x.data[i];
    if (value === 0) continue;
    for (let u = 0; u < units; u++) sums[u] += value * kernel.data[i * units + u];
  }
  return tensor([units], Float32Array.from(sums));
};

/** ReLU: nothing below zero, the same shape. */
export const relu = (x) => each(x, (value) => Math.max(value, 0));

/** Softmax of a vector [n]: probabilities [n], which add up to 1. */
export const softmax = (x) => {
  const largest = Math.max(...x.data);
  const powers = Array.from(x.data, (value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b);
  return tensor(x.shape, Float32Array.from(powers, (power) => power / sum));
};

/** How large b - a is, in percent of a: of both the root of the sum of squares. */
export const difference = (a, b) =>
  (100 * Math.hypot(...a.data.map((value, at) => b.data[at] - value))) / Math.hypot(...a.data);

/** The number that 16 bits are as a float16. */
export const half = (bits) => {
  const sign = bits & 0x8000 ? -1 : 1;
  const power = (bits >> 10) & 31;
  const rest = bits & 1023;
  if (power === 31) return rest ? NaN : sign * Infinity;
  return sign * (power ? (1 + rest / 1024) * 2 ** (power - 15) : rest * 2 ** -24);
};

/** A Uint16Array of float16 numbers as a Float32Array. */
export const halves = (words) => Float32Array.from(words, half);
