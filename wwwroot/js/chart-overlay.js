// What the library has no word for, drawn into its SVG after each redraw: labels that fit, event markers, forecast ranges, the limit.
import { token } from "./chart-format.js";

const NS = "http://www.w3.org/2000/svg";

export function overlay(state) {
  const { chart, data, format, figure } = state; if (!chart || (data.kind !== "stacked" && data.kind !== "burn")) return;
  const inner = figure.querySelector(".apexcharts-inner"); if (!inner) return;
  inner.querySelector(".portal-extra")?.remove();
  const g = chart.w.globals, { gridWidth: width, gridHeight: height, minX, maxX } = g, minY = g.minYArr?.[0] ?? g.minY, maxY = g.maxYArr?.[0] ?? g.maxY;
  const x = (i) => (i + 1 - minX) / (maxX - minX || 1) * width, y = (v) => height - (v - minY) / (maxY - minY || 1) * height, inside = (i) => i + 1 >= minX - .01 && i + 1 <= maxX + .01;
  const box = document.createElementNS(NS, "g"); box.setAttribute("class", "portal-extra"); box.setAttribute("pointer-events", "none");
  const add = (name, attributes, text) => { const e = document.createElementNS(NS, name); for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v); if (text) e.textContent = text; box.append(e); return e; };
  const label = (text, px, py, anchor = "middle", color = token("text3")) => add("text", { x: px, y: py, "text-anchor": anchor, fill: color, "font-size": 11, "font-family": token("font") }, text);

  // As many labels as fit, at an even step; the month is named where it begins, days stand alone.
  const shown = data.labels.map((_, i) => i).filter(inside);
  // Days and months are short; quarters and years are named in words (Japanese letters are twice as wide).
  const widest = Math.max(46, ...shown.map((i) => (format.isWords(data.labels[i]) ? [...data.labels[i]].reduce((w, c) => w + (c > "\u2e80" ? 11 : 6.2), 6) : 0)));
  const apart = shown.length > 1 ? x(shown[1]) - x(shown[0]) : width, step = Math.max(1, Math.ceil(widest / apart));
  let month = "";
  for (const i of shown) {
    if ((i - shown[0]) % step) continue;
    const s = data.labels[i], named = !format.isDay(s) || s.slice(0, 7) !== month; month = s.slice(0, 7);
    label(named ? format.tick(s) : String(+s.slice(8)), x(i), height + 18, i === shown[0] && named && data.kind === "burn" ? "start" : "middle");
  }

  if (data.kind === "stacked" && data.forecast) {
    const f = data.forecast, first = f.mid.findIndex((v) => v !== null), last = f.mid.findLastIndex((v) => v !== null);
    f.mid.forEach((v, i) => { if (v !== null && inside(i) && f.low[i] !== null && f.high[i] !== null) add("path", { d: `M${x(i)} ${y(f.low[i])}V${y(f.high[i])}`, stroke: token("edge"), "stroke-width": 1 }); });
    const from = Math.max(first, shown[0] ?? 0), to = Math.min(last, shown.at(-1) ?? 0);
    if (first >= 0 && to >= from) label(`${data.words.forecast} · ${data.words.range}`, Math.min((x(from) + x(to)) / 2, width - 70), height + 34);
  }
  if (data.limit) {
    add("path", { d: `M0 ${y(data.limit)}H${width}`, stroke: token("bad-mark"), "stroke-width": 1.5, "stroke-dasharray": "6 4" });
    label(`${data.words.limit} ${format.axis(data.limit)}`, 4, y(data.limit) - 6, "start", token("bad"));
  }
  let free = -Infinity;
  for (const e of [...(data.events ?? [])].sort((a, b) => a.at - b.at)) {
    if (!inside(e.at)) continue;
    const px = x(e.at);
    add("path", { d: `M${px} -4V${height}`, stroke: token("text2"), "stroke-width": 1, "stroke-dasharray": "3 3" });
    add("circle", { cx: px, cy: -9, r: 4.5, fill: token("surface"), stroke: token("text2"), "stroke-width": 1.6 });
    // A word that would run into its neighbour stays in the tool-tip.
    const next = data.events.filter((o) => o.at > e.at).map((o) => x(o.at))[0] ?? width + 40, room = e.word.length * 5.8 + 12;
    if (px + 8 > free && px + room < next - 4) { label(e.word, px + 8, -5, "start"); free = px + room; }
  }
  inner.append(box);
}
