// Probabilities as bars: a list that is read as text and seen as a chart.
import { number } from "./widget.js";

/** Fill a list with a bar for each name; the largest stands out. */
export const bars = (list, names, shares) => {
  if (list.children.length !== names.length) {
    list.replaceChildren(
      ...names.map((name) => {
        const item = document.createElement("li");
        item.append(...["span", "span", "i"].map((kind) => document.createElement(kind)));
        item.firstChild.textContent = name;
        return item;
      }),
    );
  }
  const most = shares.indexOf(Math.max(...shares));
  [...list.children].forEach((item, i) => {
    item.style.setProperty("--share", shares[i]);
    item.classList.toggle("most", i === most);
    item.children[1].textContent = `${number(100 * shares[i], 1)} %`;
  });
};
