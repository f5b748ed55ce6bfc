// Starts what moves and answers on each page: only what is there is loaded, and a part only
// when it comes near the screen, or when the address tells of it. The theme changes pages
// without loading this script again, and tells so.
const load = (element) =>
  import(`./widgets/${element.localName}.js`).catch(() => (element.dataset.failed = "missing"));

const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      load(target);
    }
  },
  { rootMargin: "400px" },
);

const parts = () => [...document.querySelectorAll(".cnn-widget > *")];
const told = () => parts().filter(({ localName }) => location.hash.includes(`${localName}.`));

addEventListener("hashchange", () => told().forEach(load));
document$.subscribe(() => {
  near.disconnect();
  told().forEach(load);
  parts().forEach((element) => near.observe(element));
  if (document.querySelector("[data-readings]")) {
    import("./charts.js").then(({ start }) => start(document));
  }
});
