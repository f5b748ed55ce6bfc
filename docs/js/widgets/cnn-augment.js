// Augmentation: a picture mirrored, turned, zoomed and shifted, and what a network says of it.
import { affine, flip, rotation, shift, zoom } from "../affine.js";
import { bars } from "../bars.js";
import { paint, plane, pointing } from "../heat.js";
import { load } from "../net.js";
import { pictures } from "../pictures.js";
import { random } from "../random.js";
import { number, Widget } from "../widget.js";

const AXES = { horizontal: "2", vertical: "1", both: "(1, 2)" };

// One layer after the other, as Keras does it: each reads what the one before it has made.
const changed = (picture, { mirrored, turned, zoomed, right, down, fill }) => {
  const flips = mirrored === "both" ? ["horizontal", "vertical"] : [mirrored];
  const x = flips.filter((one) => one !== "none").reduce(flip, picture);
  const matrices = [
    rotation(turned, x.shape),
    zoom([zoomed / 100, zoomed / 100], x.shape),
    shift([down / 100, right / 100], x.shape),
  ];
  return matrices.reduce((y, matrix) => affine(y, matrix, { fill }), x);
};

const keras = ({ mirrored, turned, zoomed, right, down, fill }) => {
  const pair = (value) => `(${value}, ${value})`;
  const layer = (name, ...factors) =>
    `x = keras.layers.Random${name}(${factors.map(pair).join(", ")}, fill_mode="${fill}")(x)`;
  return [
    ...(mirrored in AXES ? [`x = keras.ops.flip(x, axis=${AXES[mirrored]})`] : []),
    layer("Rotation", `${turned} / 360`),
    layer("Zoom", zoomed / 100),
    layer("Translation", down / 100, right / 100),
  ].join("\n");
};

const paintWhole = (canvas, x) => paint(canvas, x.shape[2] === 3 ? x : plane(x));

class Augment extends Widget {
  pause = 1500;
  #asIs;
  #sets = {};

  async load() {
    await this.#need(this.#files);
    const choose = (row, column) => this.set({ down: row - 50, right: column - 50 });
    const move = (y, x) => {
      const { down, right } = this.state;
      choose(down + 50 + y, right + 50 + x);
    };
    // In percent of the sides, so that what is pointed at becomes the middle.
    pointing(this.canvas("after"), () => [101, 101], choose, move);
    const { signal } = this.gone;
    const draw = () => this.#draw(this.state.seed);
    this.controls.seed.addEventListener("input", draw, { signal });
    this.querySelector("[data-random]").addEventListener("click", () => this.step(), { signal });
  }

  // The names of the files that the chosen picture and its network are in.
  get #files() {
    return this.controls.picture.selectedOptions[0].parentNode.dataset;
  }

  async #need({ pictures: all, net }) {
    const loading = Promise.all([pictures(this.file(all)), load(this.file(net))]);
    this.#sets[net] = {};
    const [found, network] = await loading;
    this.#sets[net] = { pictures: found, network, each: found.length / network.classes.length };
  }

  // What was loaded for the chosen picture; until it is there, nothing.
  #chosen({ picture, which }) {
    const files = this.#files;
    if (!this.#sets[files.net]) {
      this.#need(files).then(() => this.changed(false), (error) => this.fail(error));
    }
    const { pictures: all, network, each } = this.#sets[files.net];
    if (!network) return null;
    this.controls.which.max = each;
    const x = all[network.classes.indexOf(picture) * each + Math.min(which, each) - 1];
    return { x, network };
  }

  compute(state) {
    const chosen = this.#chosen(state);
    if (!chosen) return;
    const { x, network } = chosen;
    const y = changed(x, state);
    paintWhole(this.canvas("before"), x);
    paintWhole(this.canvas("after"), y);
    // Sliders leave the picture as it is, and so the answer to it.
    if (this.#asIs?.x !== x) this.#asIs = { x, ...this.#answer(network, x) };
    const before = this.#asIs;
    const after = this.#answer(network, y);
    bars(this.querySelector(".cnn-bars"), network.classes, after.shares);
    this.show("before", before.text);
    this.show("after", after.text);
    this.show("keras", keras(state));
    const same = before.name === after.name ? "same" : "other";
    this.say(this.text(same, { before: before.text, after: after.text }));
  }

  #answer(network, x) {
    const shares = Array.from(network.probabilities(x));
    const most = Math.max(...shares);
    const name = network.classes[shares.indexOf(most)];
    return { shares, name, text: `${name}, ${number(100 * most, 1)}\u00a0%` };
  }

  // As RandomFlip("horizontal"), RandomRotation(0.1), RandomZoom(0.1) and
  // RandomTranslation(0.1, 0.1) do, in whole degrees and percents.
  #draw(seed) {
    const next = random(seed);
    const within = (most) => Math.round((2 * next() - 1) * most);
    this.set({
      seed,
      mirrored: next() < 0.5 ? "horizontal" : "none",
      turned: within(36),
      zoomed: within(10),
      right: within(10),
      down: within(10),
    });
  }

  step() {
    this.#draw((this.state.seed + 1) % 1000);
  }
}
customElements.define("cnn-augment", Augment);
