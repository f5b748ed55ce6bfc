// Wide code scrolls sideways, and whoever has no mouse must be able to reach it to scroll.
// The theme sees to that only where there is a mouse; elsewhere it takes the way away.
const reach = (code) => {
  const scrolls = code.scrollWidth > code.clientWidth;
  if (scrolls && code.matches("pre > code") && !code.hasAttribute("tabindex")) code.tabIndex = 0;
};

// The theme puts the copy button of each block into a landmark for navigation. It leads
// nowhere, and dozens of them without a name hide the ones that do.
const calm = (node) => {
  if (node instanceof Element && node.matches(".md-code__nav")) node.role = "none";
};

const sizes = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
const changes = new MutationObserver((records) => {
  for (const record of records) {
    record.addedNodes.forEach(calm);
    if (record.type === "attributes") reach(record.target);
  }
});

changes.observe(document.body, { childList: true, subtree: true, attributeFilter: ["tabindex"] });
document$.subscribe(() => {
  document.querySelectorAll(".md-code__nav").forEach(calm);
  document.querySelectorAll("pre > code").forEach((code) => sizes.observe(code));
});
