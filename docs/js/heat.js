// Drawing numbers as cells on a canvas, and choosing a cell by mouse, touch and keyboard.

/** A plane { data, rows, columns } of one channel of a tensor [rows, columns, channels]. */
export const plane = ({ data, shape: [rows, columns, channels = 1] }, channel = 0) => ({
  data: channels === 1 ? data : data.filter((_, at) => at % channels === channel),
  rows,
  columns,
});

/** The smallest and the largest of numbers. */
export const range = (data) =>
  data.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [0, 0]);

/** A colour of the page, such as "--md-default-fg-color", as the palette has it now. */
export const colour = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

// Below and above zero: blue and orange, which the colour-blind tell apart, too.
const BELOW = [40, 110, 210];
const ABOVE = [220, 105, 10];

const GREY = (share) => [share * 255, share * 255, share * 255, 255];
const SIGNED = (share) => [...(share < 0 ? BELOW : ABOVE), Math.abs(share) * 255];

/** The colour of a signed number: its share of the largest, −1 to 1, as CSS has it. */
export const tint = (share) => {
  const [red, green, blue, alpha] = SIGNED(share);
  return `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
};

const pixels = ({ data, rows, columns }, colours) => {
  const image = new ImageData(columns, rows);
  for (let at = 0; at < rows * columns; at++) image.data.set(colours(data, at), 4 * at);
  return image;
};

/**
 * Draw a plane so that it fills its canvas; a tensor of three channels is drawn as a photo.
 * `limit` is what counts as white or as the full colour. `signed` colours what is below and
 * above zero; zero is the page's own ground. `frames` are windows { top, left, rows, columns }
 * in cells, drawn over it: with `weak` set, thinner. `numbers` writes each cell's value.
 */
export const paint = (canvas, drawn, { limit = 1, signed = false, frames = [], numbers } = {}) => {
  const whole = drawn.shape?.[2] === 3;
  const { rows, columns } = whole ? { rows: drawn.shape[0], columns: drawn.shape[1] } : drawn;
  const colours = whole
    ? ({ length }, at) => [0, 1, 2].map((k) => (255 * drawn.data[3 * at + k]) / limit).concat(255)
    : (data, at) => (signed ? SIGNED : GREY)(Math.min(data[at] / limit, 1));
  const small = new OffscreenCanvas(columns, rows);
  small.getContext("2d").putImageData(pixels({ ...drawn, rows, columns }, colours), 0, 0);
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round((width * rows) / columns);
  Object.assign(canvas, { width, height });
  canvas.style.aspectRatio = `${columns} / ${rows}`;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, width, height);
  const cell = width / columns;
  if (numbers) write(context, canvas, drawn, { cell, limit, signed, text: numbers });
  for (const frame of frames) outline(context, canvas, frame, cell);
};

const write = (context, canvas, { data, columns }, { cell, limit, signed, text }) => {
  context.font = `${Math.max(cell * 0.3, 8)}px ${getComputedStyle(canvas).fontFamily}`;
  Object.assign(context, { textAlign: "center", textBaseline: "middle" });
  const ink = colour(canvas, "--md-default-fg-color");
  data.forEach((value, at) => {
    context.fillStyle = signed ? ink : value / limit > 0.5 ? "#000" : "#fff";
    const [row, column] = [Math.floor(at / columns), at % columns];
    context.fillText(text(value, at), (column + 0.5) * cell, (row + 0.5) * cell, cell * 0.95);
  });
};

const outline = (context, canvas, { top, left, rows, columns, weak }, cell) => {
  const wide = weak ? devicePixelRatio : 2 * devicePixelRatio;
  // Around the cells, so that they are seen; two lines, so that the frame is, on every ground.
  for (const [name, width, out] of [
    ["default-bg", devicePixelRatio, wide],
    ["accent-fg", wide, 0],
  ]) {
    const by = out + width / 2;
    const inside = (place, side) => Math.max(width / 2, Math.min(place, side - width / 2));
    const [x, right] = [left * cell - by, (left + columns) * cell + by].map((place) =>
      inside(place, canvas.width),
    );
    const [y, bottom] = [top * cell - by, (top + rows) * cell + by].map((place) =>
      inside(place, canvas.height),
    );
    context.strokeStyle = colour(canvas, `--md-${name}-color`);
    context.lineWidth = width;
    context.strokeRect(x, y, right - x, bottom - y);
  }
};

/**
 * Let a canvas be pointed at: `choose(row, column)` is called for the cell under a finger or a
 * pressed mouse, and `move(down, across)` for arrows. `size()` gives [rows, columns].
 */
export const pointing = (canvas, size, choose, move) => {
  const point = ({ clientX, clientY }) => {
    const box = canvas.getBoundingClientRect();
    const [rows, columns] = size();
    const at = (place, start, length, cells) =>
      Math.max(0, Math.min(Math.floor(((place - start) / length) * cells), cells - 1));
    choose(at(clientY, box.top, box.height, rows), at(clientX, box.left, box.width, columns));
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") canvas.setPointerCapture(event.pointerId);
    point(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) point(event);
  });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    if (!steps[event.key]) return;
    event.preventDefault();
    move(...steps[event.key]);
  });
};
