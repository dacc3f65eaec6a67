// One thin door to ApexCharts: loaded on first use, series updated in place, colours from the tokens, numbers by Intl. Nothing here calls the server.
import { options, seriesOf } from "./chart-kinds.js";
import { overlay } from "./chart-overlay.js";
import { formats } from "./chart-format.js";

const charts = new Map();
let library;
// One script element and one promise for all charts, whoever asks first; it answers the library itself. A failed load is tried again by the next chart.
const load = () => (library ??= new Promise((resolve, reject) => {
  const script = document.createElement("script");
  const failed = () => { library = undefined; script.remove(); reject(new Error("The chart library could not be loaded.")); };
  script.addEventListener("load", () => (window.ApexCharts ? resolve(window.ApexCharts) : failed()), { once: true });
  script.addEventListener("error", failed, { once: true });
  script.src = "/lib/apexcharts/apexcharts.min.js";
  document.head.append(script);
}));

export async function draw(figure, data) {
  if (!figure?.isConnected) return;
  const format = formats(data), old = charts.get(figure);
  const state = old ?? { hidden: new Set() };
  const shape = JSON.stringify([data.kind, data.language, data.currency, data.labels, data.series.map((s) => [s.name, s.color]), !!data.forecast, data.limit]);
  const same = old?.shape === shape;
  Object.assign(state, { figure, data, format, shape });
  charts.set(figure, state);
  table(state);
  let Library;
  try { Library = await load(); } catch { view(state, "table"); return; }
  if (charts.get(figure) !== state || state.shape !== shape) return;
  // The library measures text; it must not do so before the fonts are there.
  await document.fonts?.ready;
  if (state.chart && same) return state.chart.updateSeries(seriesOf(state), true);
  if (state.chart) return state.chart.updateOptions(options(state, () => overlay(state)), false, false);
  if (state.making) return;
  state.making = true;
  state.chart = new Library(figure.querySelector(".plot"), options(state, () => overlay(state)));
  await state.chart.render();
  // Changed while the first picture was made: draw the newest.
  if (state.shape !== shape) state.chart.updateOptions(options(state, () => overlay(state)), false, false);
}

export function remove(figure) { const s = charts.get(figure); charts.delete(figure); s?.chart?.destroy(); }

document.addEventListener("portal:theme", () => { for (const s of charts.values()) s.chart?.updateOptions(options(s, () => overlay(s)), false, false); });

// ---- The same figures as a table and as CSV
function rows({ data, format }) {
  const extra = data.forecast ? [[data.words.forecast, data.forecast.mid], [data.words.low, data.forecast.low], [data.words.high, data.forecast.high]] : [];
  const columns = [...data.series.map((s) => [s.name, s.values]), ...extra];
  return { head: ["", ...columns.map((c) => c[0])], body: data.labels.map((label, i) => [label, ...columns.map((c) => c[1][i] ?? null)]), format };
}
function table(state) {
  const { head, body } = rows(state), { format, data } = state, box = state.figure.querySelector(".plot-table");
  const cell = (tag, text, scope) => { const c = document.createElement(tag); c.textContent = text; if (scope) c.scope = scope; return c; };
  const line = (cells) => { const tr = document.createElement("tr"); tr.append(...cells); return tr; };
  const t = document.createElement("table"), h = document.createElement("thead"), b = document.createElement("tbody"), c = document.createElement("caption");
  c.textContent = data.currency ? `${data.title} (${data.currency})` : data.title;
  h.append(line(head.map((x) => cell("th", x, "col"))));
  b.append(...body.map(([label, ...values]) => line([cell("th", format.day(label), "row"), ...values.map((v) => cell("td", format.figure(v)))])));
  t.append(c, h, b); box.replaceChildren(t);
}
function csv(state) {
  const quote = (v) => { let s = v === null ? "" : String(v); if (typeof v === "string" && /^[=+@\-\t\r]/.test(s)) s = "'" + s; return /[",\n\r]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s; };
  const { head, body } = rows(state);
  const blob = new Blob(["\ufeff" + [head, ...body].map((r) => r.map(quote).join(",")).join("\r\n") + "\r\n"], { type: "text/csv;charset=utf-8" });
  const a = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: `${state.data.title}.csv` });
  a.click(); setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}
async function image(state) {
  const { imgURI } = await state.chart.dataURI({ scale: 2 });
  const bytes = Uint8Array.from(atob(imgURI.split(",")[1]), (c) => c.charCodeAt(0));
  await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
}
function view(state, which) {
  const body = state.figure.querySelector(".chart-body"), button = state.figure.querySelector("[data-chart-do=view]");
  body.dataset.view = which; button?.setAttribute("aria-pressed", String(which === "table"));
}

document.addEventListener("click", (e) => {
  const t = e.target.closest?.("[data-chart-do],.legend [data-series]"), state = t && charts.get(t.closest(".chart")); if (!state) return;
  if (t.dataset.series !== undefined) {
    const name = t.dataset.series, off = t.getAttribute("aria-pressed") === "true";
    off ? state.hidden.add(name) : state.hidden.delete(name);
    t.setAttribute("aria-pressed", String(!off)); state.chart?.toggleSeries(name);
  } else if (t.dataset.chartDo === "view") view(state, state.figure.querySelector(".chart-body").dataset.view === "table" ? "chart" : "table");
  else if (t.dataset.chartDo === "csv") csv(state);
  else if (t.dataset.chartDo === "image") image(state);
  else if (t.dataset.chartDo === "reset") { state.chart?.resetSeries(true, true); t.hidden = true; }
});
