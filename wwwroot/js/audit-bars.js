// The bars over time of the audit log: drag over several to look at their time; the arrow keys go from bar to bar. Each bar alone is an ordinary link.
let start = null, last = null;
const bar = (e) => (e.target.closest?.("[data-audit-bars] a") ?? document.elementFromPoint(e.clientX, e.clientY)?.closest?.("[data-audit-bars] a"));
const all = (a) => [...a.parentElement.querySelectorAll("a")];
const between = () => { const bars = all(start), [i, j] = [bars.indexOf(start), bars.indexOf(last)].sort((x, y) => x - y); return bars.slice(i, j + 1); };
const mark = () => { for (const a of all(start)) a.classList.toggle("in", false); for (const a of between()) a.classList.add("in"); };

document.addEventListener("pointerdown", (e) => { const a = e.button === 0 && bar(e); if (a) { start = last = a; e.preventDefault(); } });
document.addEventListener("pointermove", (e) => { if (!start) return; const a = bar(e); if (a && a.parentElement === start.parentElement && a !== last) { last = a; mark(); } });
document.addEventListener("pointerup", () => {
  if (!start) return;
  const chosen = between();
  for (const a of all(start)) a.classList.remove("in");
  if (chosen.length > 1) {
    const address = new URL(chosen[0].href);
    address.searchParams.set("before", chosen.at(-1).dataset.to);
    // Followed as a link of the page, so that the circuit stays.
    window.Blazor.navigateTo(address.href);
    suppress = true; setTimeout(() => { suppress = false; }, 0);
  }
  start = last = null;
});
let suppress = false;
document.addEventListener("click", (e) => { if (suppress && e.target.closest?.("[data-audit-bars]")) { e.preventDefault(); e.stopPropagation(); } }, true);
document.addEventListener("dragstart", (e) => { if (e.target.closest?.("[data-audit-bars]")) e.preventDefault(); });
document.addEventListener("keydown", (e) => {
  const a = e.target.closest?.("[data-audit-bars] a"), step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (!a || !step) return;
  const bars = all(a), next = bars[bars.indexOf(a) + step];
  if (next) { e.preventDefault(); a.tabIndex = -1; next.tabIndex = 0; next.focus(); }
});
