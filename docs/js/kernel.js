// A kernel that can be written: its weights in a grid, each with the pixel under it and their
// product, and the choice of kernels that are well known.
import { tint } from "./heat.js";
import { number } from "./widget.js";

const FAINT = 0.4; // how strong the largest product's colour is: words on it can be read

// The weights' names, row by row. A smaller kernel is the middle of the largest, 5×5.
const NAMES = Array.from({ length: 25 }, (_, at) => `w${Math.floor(at / 5)}${at % 5}`);
const middle = (size) =>
  NAMES.filter(([, row, column]) => Math.max(Math.abs(row - 2), Math.abs(column - 2)) * 2 < size);

/** The weights of a state, row by row, for a kernel of size × size. */
export const weights = (state, size) => middle(size).map((name) => state[name]);

/** The state that stands for weights, row by row: `size`, and all weights' names. */
export const stated = (numbers) => {
  const size = Math.sqrt(numbers.length);
  const inside = middle(size);
  const all = NAMES.map((name) => [name, numbers[inside.indexOf(name)] ?? 0]);
  return { size, ...Object.fromEntries(all) };
};

// Show the cells of a kernel of size × size, and name its weights by `label(row, column)`.
const fit = (grid, size, label) => {
  const names = middle(size);
  grid.style.setProperty("--size", size);
  for (const cell of grid.children) {
    const input = cell.querySelector("input");
    const at = names.indexOf(input.name);
    cell.hidden = at < 0;
    input.ariaLabel = label(Math.floor(at / size), at % size);
  }
};

/** Put a cell for each weight into a grid, from a template. At first they are `numbers`. */
export const build = (grid, template, numbers, label) => {
  const { size, ...first } = stated(numbers);
  for (const name of NAMES) {
    const cell = template.content.firstElementChild.cloneNode(true);
    const input = cell.querySelector("input");
    input.name = name;
    input.defaultValue = first[name];
    grid.append(cell);
  }
  fit(grid, size, label);
};

/**
 * Show `pixels` and `products`, row by row, beside the weights. `outside` tells which pixels
 * are none of the picture; `label(row, column)` names a weight.
 */
export const fill = (grid, pixels, products, outside, label) => {
  const size = Math.sqrt(products.length);
  const largest = Math.max(...products.map(Math.abs)) || 1;
  fit(grid, size, label);
  [...grid.children].filter((cell) => !cell.hidden).forEach((cell, at) => {
    const [pixel, , product] = cell.children;
    pixel.textContent = `${number(pixels[at])} ×`;
    product.textContent = `= ${number(products[at])}`;
    cell.style.backgroundColor = tint((FAINT * products[at]) / largest);
    cell.classList.toggle("cnn-outside", outside[at]);
  });
};

/** Products and what is added to them, as a sum: "0.50 − 0.25 + 0.00". */
export const sum = (values) =>
  values
    .map((value) => (value > -0.005 ? " + " : " − ") + number(Math.abs(value)))
    .join("")
    .replace(/^ \+ /, "")
    .replace(/^ − /, "−");

/** Keras's layer with these weights. */
export const code = ({ size, stride, dilation, padding, relu, bias }, numbers) => {
  const rows = Array.from({ length: size }, (_, i) => numbers.slice(i * size, (i + 1) * size));
  const kernel = rows.map((row) => row.join(", ")).join("],\n          [");
  const activation = relu ? ', activation="relu"' : "";
  return `layer = keras.layers.Conv2D(
    1, ${size}, strides=${stride}, dilation_rate=${dilation}, padding="${padding}"${activation}
)
layer.build((None, None, None, 1))
kernel = [[${kernel}]]
layer.set_weights([np.reshape(kernel, (${size}, ${size}, 1, 1)), np.array([${bias}])])`;
};
