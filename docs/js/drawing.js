// Drawing with a round brush, by mouse, touch and keyboard.
import { tensor } from "./ops.js";

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/**
 * A picture of one channel with a stroke from one place [row, column] to another, in cells:
 * white, or black with `erase`. Edges are soft, and greys are those of files, 256.
 */
export const stroked = ({ data, shape }, from, to, { radius, erase }) => {
  const [down, across] = [to[0] - from[0], to[1] - from[1]];
  const long = down ** 2 + across ** 2;
  const drawn = data.map((old, at) => {
    const row = Math.floor(at / shape[1]) + 0.5 - from[0];
    const column = (at % shape[1]) + 0.5 - from[1];
    const share = long && clamp((row * down + column * across) / long, 0, 1);
    const distance = Math.hypot(row - share * down, column - share * across);
    const cover = clamp(radius + 0.5 - distance, 0, 1);
    return Math.round(255 * (erase ? Math.min(old, 1 - cover) : Math.max(old, cover))) / 255;
  });
  return tensor(shape, drawn);
};

/**
 * Let a canvas of so many rows and columns be drawn on. `stroke(from, to)` is called for each
 * movement of a pressed mouse, of a finger, and of the arrow keys with shift; Enter and space
 * make a dot. Returns the place where the keyboard's brush is, which `moved()` tells to change.
 */
export const drawing = (canvas, [rows, columns], stroke, moved) => {
  const brush = [rows / 2, columns / 2];
  let last;
  const place = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    return [
      ((clientY - box.top) / box.height) * rows,
      ((clientX - box.left) / box.width) * columns,
    ];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    stroke(last, last);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = place(event);
    stroke(last, next);
    last = next;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => (last = undefined));
  }
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const step = steps[event.key] ?? (["Enter", " "].includes(event.key) ? [0, 0] : undefined);
    if (!step) return;
    event.preventDefault();
    const before = [...brush];
    brush[0] = clamp(brush[0] + step[0], 0, rows);
    brush[1] = clamp(brush[1] + step[1], 0, columns);
    if (event.shiftKey || !event.key.startsWith("Arrow")) stroke(before, [...brush]);
    else moved();
  });
  return brush;
};
