// Tables: keys, column choice and width (kept per browser and table), copy as TSV. Choices live in a style sheet of the table, never in its DOM.
const sheets = new Map();
const read = (id) => JSON.parse(localStorage.getItem(`portal-table-${id}`) ?? "{}");
const write = (id, state) => localStorage.setItem(`portal-table-${id}`, JSON.stringify(state));

function apply(id, state) {
  let sheet = sheets.get(id);
  if (!sheet) { sheet = new CSSStyleSheet(); sheets.set(id, sheet); document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }
  const of = (c) => `[data-table="${CSS.escape(id)}"] [data-col="${CSS.escape(c)}"]`;
  const rules = [...(state.hidden ?? []).map((c) => `${of(c)} { display: none !important; }`), ...Object.entries(state.width ?? {}).map(([c, w]) => `${of(c)} { width: ${+w}px; min-width: ${+w}px; }`)];
  sheet.replaceSync(rules.join("\n"));
  for (const box of document.querySelectorAll(`input[data-table-id="${CSS.escape(id)}"]`)) box.checked = !(state.hidden ?? []).includes(box.value);
}

export function ready(id) { apply(id, read(id)); }

document.addEventListener("change", (e) => {
  const id = e.target.dataset?.tableId; if (!id) return;
  const state = read(id), hidden = new Set(state.hidden ?? []);
  e.target.checked ? hidden.delete(e.target.value) : hidden.add(e.target.value);
  state.hidden = [...hidden]; write(id, state); apply(id, state);
});

document.addEventListener("pointerdown", (e) => {
  const grip = e.target.closest?.(".grip"); if (!grip) return;
  const th = grip.closest("th"), id = grip.closest("[data-table]").dataset.table, from = e.clientX, width = th.offsetWidth, col = th.dataset.col;
  const move = (m) => { const state = read(id); (state.width ??= {})[col] = Math.max(64, Math.round(width + m.clientX - from)); write(id, state); apply(id, state); };
  grip.setPointerCapture(e.pointerId);
  grip.addEventListener("pointermove", move);
  grip.addEventListener("pointerup", () => grip.removeEventListener("pointermove", move), { once: true });
  e.preventDefault();
});
document.addEventListener("dblclick", (e) => {
  const grip = e.target.closest?.(".grip"); if (!grip) return;
  const id = grip.closest("[data-table]").dataset.table, state = read(id);
  delete state.width?.[grip.closest("th").dataset.col]; write(id, state); apply(id, state);
});

export function key(e) {
  const row = e.target.closest?.("tr[data-row]");
  if (e.key === "Enter" && row === e.target) { e.preventDefault(); row.click(); return; }
  if (e.key !== "j" && e.key !== "k") return;
  const scope = row?.closest("table") ?? document.querySelector("main [data-table] table"); if (!scope) return;
  const rows = [...scope.querySelectorAll("tr[data-row]")], at = rows.indexOf(row);
  const to = rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + (e.key === "j" ? 1 : -1)))];
  to?.focus({ preventScroll: true }); to?.scrollIntoView({ block: "nearest" });
}

// What the eye sees: no words for screen readers, no invisible joiners.
function shown(cell) { const c = cell.cloneNode(true); c.querySelectorAll(".sr, svg").forEach((x) => x.remove()); return c.textContent.replace(/[\u2060\u00a0]/g, " ").replace(/\s+/g, " ").trim(); }

// A cell that a spreadsheet would run as a formula is disarmed; plain negative numbers stay numbers.
const safe = (s) => (/^[+−-]?[\d.,]+\s*%?$/.test(s) ? s : /^[=+@\t\r]|^-(?![\d.])/.test(s) ? "'" + s : s).replace(/[\t\r\n]+/g, " ");

export function copyTsv(id, button) {
  const table = document.querySelector(`[data-table="${CSS.escape(id)}"] table`); if (!table) return;
  const lines = [...table.rows].filter((r) => !r.hasAttribute("data-skip")).map((r) => [...r.cells]
    .filter((c) => getComputedStyle(c).display !== "none" && !c.hasAttribute("data-skip"))
    .map((c) => { const s = c.dataset.v ?? shown(c); return c.dataset.v !== undefined && /^-?[\d.]+$/.test(s) ? s : safe(s); }).join("\t"));
  portal.copy(lines.join("\n"), button);
}
