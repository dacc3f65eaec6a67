// The browser's half of the portal. Everything that needs no data happens here, without a round trip:
// popovers, dialogs, palette, keys, themes, tables, charts, uploads, reconnection. Delegated from the document, so that a re-render never needs rewiring.
import * as link from "./link.js";
import * as table from "./table.js";
import * as palette from "./palette.js";
import { upload } from "./upload.js";
import "./audit-bars.js";
import "./passkey.js";

const $ = (selector, from = document) => from.querySelector(selector);
const typing = (e) => e.target.closest?.("input, textarea, select, [contenteditable]");
const returnTo = new WeakMap();

const portal = (window.portal = {
  open(dialog) { if (dialog && !dialog.open) { returnTo.set(dialog, document.activeElement); dialog.showModal(); } },
  close(element) { if (element?.open) element.close(); else if (element?.matches?.("[popover]:popover-open")) element.hidePopover(); },
  focus(selector) { $(selector)?.focus(); },
  zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone ?? null,
  language(code) { document.documentElement.lang = code; document.cookie = `portal-language=${code};path=/;max-age=31536000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`; },
  async copy(text, button) {
    await navigator.clipboard.writeText(text);
    if (!button) return;
    button.dataset.done = ""; setTimeout(() => delete button.dataset.done, 1500);
  },
  notice() { if (document.hidden) { unseen++; title(); } },
  chart: async (element, data) => (await import("./chart.js")).draw(element, data),
  chartGone: async (element) => (await import("./chart.js")).remove(element),
  theme: (choice) => setTheme(choice), post: (url, fields) => post(url, fields),
  // The session of this page has ended: loading again leads to the sign-in and back here. A form on its way may be what ended it, and its answer knows where to go
  // (the provider's sign-out): it is not overtaken.
  leave() { setTimeout(() => location.reload(), posting ? 10_000 : 0); },
  verifyAudit: async (input) => (await import("./audit-verify.js")).verify(input),
  // The log as a whole against what this browser remembers of it: how many entries that were, the check, and a fresh start.
  recallAudit: async (place) => {
    const log = await import("./audit-log.js");
    return log.sizeOf(log.recall(place));
  },
  verifyAuditLog: async (place, input) => {
    const log = await import("./audit-log.js");
    const { keep, ...result } = await log.verifyLog(input, log.recall(place));
    if (keep) log.remember(place, keep);
    return result;
  },
  forgetAudit: async (place) => (await import("./audit-log.js")).forget(place),
  upload, tableReady: table.ready,
});

// ---- Tab title counts what came while nobody looked.
let unseen = 0;
const title = () => { const plain = document.title.replace(/^\(\d+\) /, ""); document.title = unseen ? `(${unseen}) ${plain}` : plain; };
document.addEventListener("visibilitychange", () => { if (!document.hidden && unseen) { unseen = 0; title(); } });

// ---- Theme
function showTheme() {
  const chosen = localStorage.getItem("portal-theme") ?? document.documentElement.dataset.theme ?? "system";
  for (const b of document.querySelectorAll("[data-theme-choice]")) b.setAttribute("aria-checked", String(b.dataset.themeChoice === chosen));
}
function setTheme(choice) {
  localStorage.setItem("portal-theme", choice);
  if (choice === "system") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = choice;
  showTheme(); themed();
}
const themed = () => document.dispatchEvent(new Event("portal:theme"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themed);

// ---- Popovers stand beside the button that opens them.
function place(pop, button) {
  const b = button.getBoundingClientRect(), gap = 4, edge = 8;
  const width = pop.offsetWidth || 200, height = pop.offsetHeight;
  const left = b.left + width > innerWidth - edge ? Math.max(edge, Math.min(b.right, innerWidth - edge) - width) : b.left;
  const below = b.bottom + gap + height <= innerHeight - edge || b.top < height;
  pop.style.left = `${left}px`;
  pop.style.top = below ? `${b.bottom + gap}px` : `${b.top - gap - height}px`;
}
const opener = (pop) => $(`[popovertarget="${pop.id}"]`);
document.addEventListener("beforetoggle", (e) => {
  if (e.newState !== "open" || !e.target.matches?.(".pop")) return;
  const button = opener(e.target); if (button) place(e.target, button);
}, true);
document.addEventListener("toggle", (e) => {
  const pop = e.target; if (!pop.matches?.("[popover]")) return;
  opener(pop)?.setAttribute("aria-expanded", String(pop.matches(":popover-open")));
  if (e.newState !== "open" || !pop.matches(".pop")) return;
  const button = opener(pop); if (button) place(pop, button);
  if (pop.id === "user-menu") showTheme();
  $("[autofocus], input, .item", pop)?.focus({ preventScroll: true });
}, true);
addEventListener("resize", () => document.querySelectorAll(".pop:popover-open").forEach((p) => { const b = opener(p); if (b) place(p, b); }));

// ---- Clicks
document.addEventListener("click", (e) => {
  const t = e.target.closest?.("[data-palette],[data-shortcuts],[data-theme-choice],[data-copy],[data-close],[data-post],[data-tsv],[data-reveal],[data-href],[data-link-retry],.pop .item,.side a,.problem a,dialog"); if (!t) return;
  const inPop = e.target.closest(".pop");
  if (t.dataset.themeChoice) setTheme(t.dataset.themeChoice);
  else if (t.matches(".problem a")) setTimeout(() => document.getElementById(t.hash.slice(1))?.focus());
  else if ("palette" in t.dataset) palette.open();
  else if ("shortcuts" in t.dataset) portal.open($("#shortcuts"));
  else if (t.dataset.copy !== undefined) portal.copy(t.dataset.copy, t);
  else if ("close" in t.dataset) portal.close(t.closest("dialog, [popover]"));
  else if (t.dataset.post) post(t.dataset.post);
  else if (t.dataset.reveal) reveal(t);
  else if (t.dataset.tsv) table.copyTsv(t.dataset.tsv, t);
  else if ("linkRetry" in t.dataset) link.retry();
  else if (t.dataset.href && !e.target.closest("a, button, input, label, select")) { if (!getSelection().toString()) Blazor.navigateTo(t.dataset.href); return; }
  else if (t.matches("dialog") && e.target === t && "light" in t.dataset) t.close();
  if (t.matches(".side a")) $("#side")?.matches(":popover-open") && $("#side").hidePopover();
  if (inPop && t.matches(".item") && !t.hasAttribute("data-keep")) inPop.hidePopover();
});
document.addEventListener("close", (e) => { const back = returnTo.get(e.target); if (back?.isConnected) back.focus(); }, true);

// Showing what was typed into a password field; without scripts the button stays hidden.
function reveal(button) {
  const input = document.getElementById(button.dataset.reveal), shown = input.type === "password";
  input.type = shown ? "text" : "password"; button.setAttribute("aria-pressed", String(shown)); input.focus();
}
for (const b of document.querySelectorAll("[data-reveal]")) b.hidden = false;

let posting = false;
document.addEventListener("submit", (e) => { if (!e.defaultPrevented && e.target.method === "post") posting = true; });
function post(url, fields = {}) {
  posting = true;
  const form = Object.assign(document.createElement("form"), { method: "post", action: url });
  for (const [name, value] of Object.entries({ ...fields, __RequestVerificationToken: $("meta[name=request-token]").content })) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  document.body.append(form); form.submit();
}

// ---- Keys
document.addEventListener("keydown", (e) => {
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") { e.preventDefault(); return palette.toggle(); }
  if (palette.key(e)) return;
  const menu = e.target.closest?.(".pop");
  if (menu && ["ArrowDown", "ArrowUp", "Home", "End"].includes(e.key) && !e.target.matches("input, select, textarea")) { e.preventDefault(); return step(menu, ".item:not([hidden])", e.key); }
  const seg = e.target.closest?.(".seg");
  if (seg && ["ArrowRight", "ArrowLeft"].includes(e.key)) { e.preventDefault(); return step(seg, "button", e.key); }
  if (e.ctrlKey || e.metaKey || e.altKey || typing(e) || $("dialog[open]")) return;
  if (e.key === "?") { e.preventDefault(); portal.open($("#shortcuts")); }
  else if (e.key === "/") { const f = $("main [data-filter]"); e.preventDefault(); f ? f.focus() : palette.open(); }
  else if (e.key === "Escape") $("[data-escape]")?.click();
  else table.key(e);
});
function step(box, selector, key) {
  const all = [...box.querySelectorAll(selector)], at = all.indexOf(document.activeElement), n = all.length; if (!n) return;
  const to = key === "Home" ? 0 : key === "End" ? n - 1 : (at + (key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1) + n) % n;
  all[to].focus();
}

// ---- Relative times move on by themselves; the text node stays the same, so the server's next update finds it.
function tick() {
  const lang = document.documentElement.lang, format = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  for (const el of document.querySelectorAll("time[data-relative]")) {
    const s = (Date.parse(el.dateTime) - Date.now()) / 1000, a = Math.abs(s); if (a < 60 || a >= 30 * 86400) continue;
    const text = a < 3600 ? format.format(Math.trunc(s / 60), "minute") : a < 86400 ? format.format(Math.trunc(s / 3600), "hour") : format.format(Math.trunc(s / 86400), "day");
    const node = el.firstChild, shown = lang === "ja" ? text.replace(/\s/g, "") : text;
    if (node && node.nodeValue !== shown) node.nodeValue = shown;
  }
}
setInterval(tick, 30_000);

link.start();

// A form's errors are counted at its top: each link there begins with the label of its field.
new MutationObserver(() => document.querySelectorAll(".problem li a[href*='#']:not([data-label])").forEach((a) => {
  const label = document.querySelector(`label[for="${CSS.escape(a.hash.slice(1))}"]`)?.firstChild?.textContent.trim();
  if (label) a.dataset.label = label;
})).observe(document.body, { childList: true, subtree: true });
