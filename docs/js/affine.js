// Keras's augmentation for one picture, a tensor as in ops.js: where each pixel of the output
// comes from, and what stands beyond the border.
import { tensor } from "./ops.js";

// Keras computes places in float32. On the border a last digit decides which pixel is meant,
// so they are rounded here where they are there.
const f32 = Math.fround;
const clamp = (place, last) => Math.min(Math.max(place, 0), last);

// Where to read along an axis of `length` pixels when a place may lie outside.
const FILLS = {
  constant: (place) => place,
  nearest: (place, length) => clamp(place, length - 1),
  // dcba|abcd|dcba
  reflect: (place, length) => {
    const round = 2 * length;
    let inside = place;
    if (place < 0) {
      inside = f32(place + round * Math.trunc(f32(-place / round)));
      inside = inside < -length ? f32(inside + round) : f32(-inside - 1);
    } else if (place > length - 1) {
      inside = f32(place - round * Math.trunc(f32(place / round)));
      if (inside >= length) inside = f32(round - inside - 1);
    }
    return clamp(inside, length - 1);
  },
  // abcd|abcd|abcd, where one side's last pixel and the other's first do not blend
  wrap: (place, length) => {
    const last = length - 1;
    if (last === 0) return 0;
    let inside = place;
    if (place < 0) inside = f32(place + length * (Math.trunc(f32(-place / last)) + 1));
    else if (place > last) inside = f32(place - length * Math.trunc(f32(place / last)));
    return clamp(inside, last);
  },
};

/**
 * x as a matrix [a, b, c, d, e, f] moves it: the output's pixel (column, row) is read at
 * column a·column + b·row + c and row d·column + e·row + f, between the four pixels around.
 * `fill` says what lies outside: "constant" (`value`), "nearest", "reflect" or "wrap".
 */
export const affine = (x, matrix, { fill = "reflect", value = 0 } = {}) => {
  const [rows, columns, channels] = x.shape;
  const y = tensor(x.shape);
  const inside = FILLS[fill];
  const [a, b, c, d, e, f] = matrix.map(f32);
  const read = (row, column, k) =>
    row >= 0 && row < rows && column >= 0 && column < columns
      ? x.data[(row * columns + column) * channels + k]
      : value;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const across = inside(f32(f32(f32(a * column) + f32(b * row)) + c), columns);
      const down = inside(f32(f32(f32(d * column) + f32(e * row)) + f), rows);
      const [left, top] = [Math.floor(across), Math.floor(down)];
      const [right, low] = [across - left, down - top];
      for (let k = 0; k < channels; k++) {
        const upper = (1 - right) * read(top, left, k) + right * read(top, left + 1, k);
        const lower = (1 - right) * read(top + 1, left, k) + right * read(top + 1, left + 1, k);
        y.data[at++] = (1 - low) * upper + low * lower;
      }
    }
  }
  return y;
};

/** x mirrored: "horizontal" swaps left and right, "vertical" top and bottom. */
export const flip = (x, direction) => {
  const [rows, columns, channels] = x.shape;
  const y = tensor(x.shape);
  for (let row = 0, at = 0; row < rows; row++) {
    const r = direction === "vertical" ? rows - 1 - row : row;
    for (let column = 0; column < columns; column++, at += channels) {
      const c = direction === "horizontal" ? columns - 1 - column : column;
      const from = (r * columns + c) * channels;
      y.data.set(x.data.subarray(from, from + channels), at);
    }
  }
  return y;
};

/** The matrix of RandomRotation for an angle, counterclockwise, on [rows, columns]. */
export const rotation = (degrees, [rows, columns]) => {
  const angle = f32(f32(degrees) * f32(Math.PI / 180));
  const [cos, sin] = [f32(Math.cos(angle)), f32(Math.sin(angle))];
  const [x, y] = [(columns - 1) / 2, (rows - 1) / 2];
  return [
    cos,
    -sin,
    f32(f32(x - f32(x * cos)) + f32(y * sin)),
    sin,
    cos,
    f32(f32(y - f32(x * sin)) - f32(y * cos)),
  ];
};

/** The matrix of RandomZoom for factors [height, width]: above 0 shows more, below 0 less. */
export const zoom = ([height, width], [rows, columns]) => {
  const [down, across] = [f32(1 + height), f32(1 + width)];
  const offset = (side, scale) => f32(((side - 1) / 2) * f32(1 - scale));
  return [across, 0, offset(columns, across), 0, down, offset(rows, down)];
};

/** The matrix of RandomTranslation for factors [height, width] of the sides: down and right. */
export const shift = ([height, width], [rows, columns]) => [
  1,
  0,
  -f32(f32(width) * columns),
  0,
  1,
  -f32(f32(height) * rows),
];
