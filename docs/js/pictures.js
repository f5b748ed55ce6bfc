// Pictures as tensors of ops.js, numbers 0 to 1: those of a file, and the reader's own.
import { tensor } from "./ops.js";
import { bytes } from "./widget.js";

/** The pictures of a file that `cnnguide.asset.packed` wrote: a promise of tensors. */
export const pictures = async (url) => {
  const buffer = await bytes(url);
  const [count, ...shape] = new Uint16Array(buffer.slice(0, 8));
  const size = shape.reduce((a, b) => a * b, 1);
  if (buffer.byteLength !== 8 + count * size) throw new Error("broken");
  const all = Float32Array.from(new Uint8Array(buffer, 8), (value) => value / 255);
  return Array.from({ length: count }, (_, i) => tensor(shape, all.slice(i * size, (i + 1) * size)));
};

/** What is drawn on a canvas, of `channels` 1 (its brightness) or 3, as a tensor. */
const fromCanvas = (canvas, channels = 1) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const found = tensor([height, width, channels]);
  for (let at = 0; at < width * height; at++) {
    const [red, green, blue] = data.subarray(4 * at, 4 * at + 3);
    const values = channels === 1 ? [0.299 * red + 0.587 * green + 0.114 * blue] : [red, green, blue];
    values.forEach((value, k) => (found.data[at * channels + k] = value / 255));
  }
  return found;
};

/**
 * A file of the reader's, an image, as a tensor [side, side, channels]: the middle of it, cut
 * square. Rejects with "broken" where it is no image that the browser can read.
 */
export const own = async (file, side, channels = 1) => {
  const image = await createImageBitmap(file).catch(() => {
    throw new Error("broken");
  });
  const cut = Math.min(image.width, image.height);
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext("2d");
  context.fillRect(0, 0, side, side); // what is transparent is black
  context.imageSmoothingQuality = "high";
  const [left, top] = [(image.width - cut) / 2, (image.height - cut) / 2];
  context.drawImage(image, left, top, cut, cut, 0, 0, side, side);
  return fromCanvas(canvas, channels);
};
