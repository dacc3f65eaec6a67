// The palette opens, filters its known places and moves with the arrows here; only the search behind it asks the server.
const box = () => document.getElementById("palette");
const options = () => [...box().querySelectorAll("[data-option]:not([hidden])")].filter((o) => !o.closest("[hidden]"));

export function open() {
  const d = box(); if (!d || d.open) return;
  portal.open(d);
  const input = d.querySelector("input"); input.value = ""; filter(""); input.focus();
  // The server's results of last time go with the text.
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
export function toggle() { const d = box(); if (d?.open) d.close(); else open(); }

function filter(text) {
  const words = text.toLowerCase().normalize("NFKC").split(/\s+/).filter(Boolean);
  for (const group of box().querySelectorAll("[data-static]")) {
    let any = false;
    for (const o of group.querySelectorAll("[data-option]")) {
      const hay = (o.dataset.words ?? o.textContent).toLowerCase().normalize("NFKC");
      o.hidden = !words.every((w) => hay.includes(w)); any ||= !o.hidden;
    }
    group.hidden = !any;
  }
  mark(options()[0]);
}

function mark(option) {
  for (const o of box().querySelectorAll("[data-active]")) { delete o.dataset.active; o.setAttribute("aria-selected", "false"); }
  const input = box().querySelector("input");
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.dataset.active = ""; option.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" });
}

export function key(e) {
  const d = box(); if (!d?.open || !d.contains(e.target)) return false;
  const all = options(), at = all.findIndex((o) => "active" in o.dataset);
  if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); if (all.length) mark(all[(at + (e.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]); }
  else if (e.key === "Enter" && !e.isComposing) { e.preventDefault(); (all[at] ?? all[0])?.click(); }
  return true;
}
document.addEventListener("input", (e) => { if (e.target.closest("#palette")) filter(e.target.value); });
document.addEventListener("click", (e) => { if (e.target.closest?.("#palette [data-option]")) box().close(); });
