// Wide code scrolls sideways, and whoever has no mouse must be able to reach it to scroll.
// The theme sees to that only where there is a mouse; elsewhere it takes the way away.
const reach = (code) => {
  const scrolls = code.scrollWidth > code.clientWidth;
  if (scrolls && code.matches("pre > code") && !code.hasAttribute("tabindex")) code.tabIndex = 0;
};
const sizes = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));
const changes = new MutationObserver((records) => records.forEach((record) => reach(record.target)));

changes.observe(document.body, { subtree: true, attributeFilter: ["tabindex"] });
document$.subscribe(() => {
  document.querySelectorAll("pre > code").forEach((code) => sizes.observe(code));
});
