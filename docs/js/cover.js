// A picture with a part of it covered, and what that says about the whole.
import { tensor } from "./ops.js";

/** A picture of one channel with a square of cells of one value, `fill`, all of it inside. */
export const covered = ({ data, shape }, { top, left, size, fill }) => {
  const copy = tensor(shape, data.slice());
  for (let row = top; row < top + size; row++) {
    const start = row * shape[1] + left;
    copy.data.fill(fill, start, start + size);
  }
  return copy;
};

/**
 * The mean over all patches that cover a cell: a plane. `drops` has for each row of places
 * of a patch a number for each place; there may be fewer rows than in the end.
 */
export const spread = (drops, size, [rows, columns]) => {
  const data = new Float32Array(rows * columns);
  const times = new Uint16Array(rows * columns);
  drops.forEach((line, top) =>
    line.forEach((drop, left) => {
      for (let at = 0; at < size * size; at++) {
        const cell = (top + Math.floor(at / size)) * columns + left + (at % size);
        data[cell] += drop;
        times[cell] += 1;
      }
    }),
  );
  return { data: data.map((sum, at) => sum / (times[at] || 1)), rows, columns };
};
