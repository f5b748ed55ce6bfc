// Wide code and formulas scroll sideways, and whoever has no mouse must be able to reach them
// to scroll. The theme sees to that for code, and only where there is a mouse; elsewhere it
// takes the way away.
const WIDE = "pre > code, div.arithmatex";
const reach = (box) => {
  if (!box.matches(WIDE) || box.hasAttribute("tabindex")) return;
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
};

// What the theme adds to code blocks says too little, or too much, to those who listen to a
// page: marks of annotations have no name, and each copy button stands in a landmark of its
// own, which leads nowhere and hides the landmarks that do.
const name = (element) => {
  for (const mark of element.querySelectorAll(".md-annotation__index")) {
    mark.ariaLabel = `Note ${mark.querySelector("[data-md-annotation-id]").dataset.mdAnnotationId}`;
  }
  for (const buttons of element.querySelectorAll(".md-code__nav")) buttons.role = "none";
};

const sizes = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
const changes = new MutationObserver((records) => {
  for (const { type, target } of records) {
    if (type === "childList") name(target);
    reach(target); // what is in it may have become wide
  }
});

changes.observe(document.body, { childList: true, subtree: true, attributeFilter: ["tabindex"] });
document$.subscribe(() => {
  name(document.body);
  document.querySelectorAll(WIDE).forEach((box) => sizes.observe(box));
});
