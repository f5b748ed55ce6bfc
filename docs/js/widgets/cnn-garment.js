// The trained network, live: a garment, a drawing or the reader's own picture, and its answer.
import { bars } from "../bars.js";
import { drawing, stroked } from "../drawing.js";
import { paint, plane } from "../heat.js";
import { Inside } from "../inside.js";
import { likeness } from "../likeness.js";
import { load } from "../net.js";
import { each, softmax, tensor } from "../ops.js";
import { own, pictures } from "../pictures.js";
import { number, Widget } from "../widget.js";

const SIDE = 28;
const INSIDE = /\bcnn-garment\.(layer|map|row|column)=/;
const inverse = (x) => each(x, (value) => 1 - value);

// Whether a picture's border is bright: garments stand on black.
const isLight = ({ data }) => {
  const border = data.filter((_, at) =>
    [Math.floor(at / SIDE), at % SIDE].some((place) => place % (SIDE - 1) === 0),
  );
  return border.reduce((a, b) => a + b) / border.length > 0.5;
};

class Garment extends Widget {
  async load() {
    [this.net, this.pictures, this.typical] = await Promise.all([
      load(this.file("net")),
      pictures(this.file("pictures")),
      likeness(this.file("typical")),
    ]);
    const on = (name, type, act) =>
      this.querySelector(`[data-on="${name}"]`).addEventListener(type, act);
    on("clear", "click", () => this.take(tensor([SIDE, SIDE, 1])));
    on("open", "input", (event) => event.stopPropagation()); // a file is no part of the state
    on("open", "change", ({ target }) => {
      this.open(target.files[0]);
      target.value = ""; // so that the same file can be opened once more
    });
    on("inside", "toggle", () => this.changed(false));
    this.addEventListener("dragover", (event) => event.preventDefault());
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.open(event.dataTransfer.files[0]);
    });
    this.querySelector('[data-on="inside"]').open = INSIDE.test(location.hash);
    this.inside = new Inside(this, this.net);
    const pad = this.canvas("picture");
    const stroke = (from, to) => this.draw(from, to);
    this.brush = drawing(pad, [SIDE, SIDE], stroke, () => this.changed(false));
    for (const type of ["focus", "blur"]) pad.addEventListener(type, () => this.changed(false));
  }

  /** Take a picture of the reader's in place of the garment. */
  take(picture, inverted = false) {
    this.own = picture;
    this.set({ inverted });
  }

  async open(file) {
    if (!file) return;
    try {
      const picture = await own(file, SIDE);
      this.take(picture, isLight(picture));
    } catch {
      this.say(this.text("unread"));
    }
  }

  draw(from, to) {
    const { brush, erase, inverted } = this.state;
    const drawn = stroked(this.x, from, to, { radius: brush / 2, erase });
    this.x = drawn;
    this.own = inverted ? inverse(drawn) : drawn;
    this.changed(false);
  }

  reset() {
    this.own = undefined;
    super.reset();
  }

  compute({ garment, which, inverted, brush, ...state }) {
    const chosen = Number(garment) + which - 1;
    if (this.own && chosen !== this.chosen) {
      this.own = undefined;
      this.controls.inverted.checked = inverted = false;
    }
    this.chosen = chosen;
    const picture = this.own ?? this.pictures[chosen];
    this.x = inverted ? inverse(picture) : picture;
    const outputs = this.net.run(this.x);
    const shares = [...softmax(outputs.at(-1)).data];
    const pad = this.canvas("picture");
    const [top, left] = this.brush.map((place) => place - brush / 2);
    const frame = { top, left, rows: brush, columns: brush, weak: true };
    paint(pad, plane(this.x), { frames: pad.matches(":focus-visible") ? [frame] : [] });
    bars(this.querySelector(".cnn-bars"), this.net.classes, shares);
    this.judge(shares, this.own ? undefined : this.net.classes[Math.floor(chosen / 4)]);
    if (this.querySelector('[data-on="inside"]').open) this.inside.show(state, outputs);
  }

  judge(shares, truth) {
    const likeness = this.typical.of(this.x);
    const unlike = likeness < this.typical.limit;
    const values = { value: number(likeness), limit: number(this.typical.limit) };
    this.show("alike", this.text(unlike ? "unlike" : "alike", values));
    this.toggleAttribute("data-unlike", unlike);
    const most = shares.indexOf(Math.max(...shares));
    const answer = { answer: this.net.classes[most], share: number(100 * shares[most], 1), truth };
    const said = this.text(truth ? "garment" : "own", answer);
    this.say(unlike ? `${said} ${this.text("warning")}` : said);
  }
}
customElements.define("cnn-garment", Garment);
