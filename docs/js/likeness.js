// How alike a picture is to garments, as cnnguide.lessons.live_garment.typical measures it.
import { bytes } from "./widget.js";

const SIDE = 7; // squares along an edge
const SIZE = 2 * SIDE * SIDE;
const FAINT = 1e-3; // the norm of what counts as nothing

const unit = (vector) => {
  const norm = Math.max(Math.hypot(...vector), FAINT);
  return vector.map((value) => value / norm);
};

/** The means and the deviations of a picture's 7×7 squares: a vector of length 1. */
const features = ({ data, shape: [rows, columns] }) => {
  const [tall, wide] = [rows / SIDE, columns / SIDE];
  const sums = new Float64Array(SIZE / 2);
  const squares = new Float64Array(SIZE / 2);
  data.forEach((value, at) => {
    const row = Math.floor(at / columns / tall);
    const square = row * SIDE + Math.floor((at % columns) / wide);
    sums[square] += value / tall / wide;
    squares[square] += value ** 2 / tall / wide;
  });
  const mean = sums.reduce((a, b) => a + b) / sums.length;
  const deviations = squares.map((square, at) => Math.sqrt(Math.max(square - sums[at] ** 2, 0)));
  const bright = unit(sums.map((value) => value - mean));
  return unit([...bright, ...unit(deviations).map((value) => 2 * value)]);
};

/**
 * The typical garments of a file: a promise of { limit, of }, where `of(picture)` is the
 * picture's likeness to the nearest of them, up to 1, and `limit` what is little.
 */
export const likeness = async (url) => {
  const buffer = await bytes(url);
  const limit = new DataView(buffer).getFloat32(0, true);
  const all = Array.from(new Int8Array(buffer, 4));
  if (!all.length || all.length % SIZE) throw new Error("broken");
  const typical = Array.from({ length: all.length / SIZE }, (_, i) =>
    unit(all.slice(i * SIZE, (i + 1) * SIZE)),
  );
  const of = (picture) => {
    const found = features(picture);
    return Math.max(
      ...typical.map((one) => one.reduce((sum, value, at) => sum + value * found[at], 0)),
    );
  };
  return { limit, of };
};
