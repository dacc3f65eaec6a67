// What each kind of chart looks like, as ApexCharts options. x is the position of the label (1 to n), so that days, months and words share one axis and zoom.
import { escape, token } from "./chart-format.js";

const at = (values) => values.map((y, i) => ({ x: i + 1, y }));
const color = (n) => token(`c${n}`);

export function seriesOf({ data, format, hidden }) {
  const first = data.series[0]?.values ?? [];
  switch (data.kind) {
    case "stacked": {
      const s = data.series.map((x) => ({ name: x.name, data: at(x.values.map((v) => v ?? 0)), hidden: hidden.has(x.name) }));
      if (data.forecast) s.push({ name: data.words.forecast, data: at(data.forecast.mid.map((v) => v ?? 0)) });
      return s;
    }
    case "burn": {
      const s = data.forecast ? [{ name: data.words.range, type: "rangeArea", data: data.labels.map((_, i) => ({ x: i + 1, y: [data.forecast.low[i] ?? null, data.forecast.high[i] ?? null] })).filter((p) => p.y[0] !== null) },
        { name: data.words.forecast, type: "line", data: at(data.forecast.mid) }] : [];
      return [...s, ...data.series.map((x) => ({ name: x.name, type: "line", data: at(x.values) }))];
    }
    case "treemap": return [{ data: data.labels.map((x, i) => ({ x, y: Math.max(0, first[i] ?? 0) })) }];
    case "heat": {
      const weeks = new Map();
      data.labels.forEach((label, i) => {
        const d = new Date(label), day = (d.getUTCDay() + 6) % 7, monday = new Date(d - day * 864e5).toISOString().slice(0, 10);
        if (!weeks.has(monday)) weeks.set(monday, Array(7).fill(null)); weeks.get(monday)[day] = { value: first[i] ?? null, label };
      });
      const columns = [...weeks.keys()].sort();
      return [6, 5, 4, 3, 2, 1, 0].map((day) => ({ name: format.weekday(day), data: columns.map((m) => ({ x: format.tick(m), y: weeks.get(m)[day]?.value ?? null, label: weeks.get(m)[day]?.label })) }));
    }
    case "waterfall": {
      let base = 0; const n = data.labels.length;
      return [{ data: data.labels.map((x, i) => {
        const v = first[i] ?? 0, total = i === 0 || i === n - 1, from = total ? 0 : base, to = total ? v : base + v; base = to;
        return { x, y: [Math.min(from, to), Math.max(from, to)], fillColor: total ? (i === 0 ? color(0) : token("accent")) : token(v > 0 ? "bad-mark" : v < 0 ? "good-mark" : "c0") };
      }) }];
    }
  }
}

// The library would shrink a name below what anybody can read: it is cut to what its tile holds, and where that is too little the tool-tip has it.
function named({ data, figure }, name, value) {
  const all = data.series[0].values.reduce((a, v) => a + Math.max(0, v ?? 0), 0), box = figure.querySelector(".plot");
  const side = Math.sqrt(value / (all || 1) * box.clientWidth * box.clientHeight) * .84;
  if (side < 56) return null;
  let room = side / 7.4, cut = "";
  for (const c of name) { if ((room -= c > "\u2e80" ? 1.8 : 1) < 1 && cut.length + 1 < name.length) return cut.trimEnd() + "…"; cut += c; }
  return cut;
}

// White words need a deeper ground than marks do.
const under = (hex, dark) => (dark ? hex : "#" + [1, 3, 5].map((i) => Math.round(parseInt(hex.slice(i, i + 2), 16) * .78).toString(16).padStart(2, "0")).join(""));

function colors(data, dark) {
  if (data.kind === "stacked") return [...data.series.map((s) => color(s.color)), token("forecast")];
  if (data.kind === "burn") return [...(data.forecast ? [token("forecast"), color(0)] : []), ...data.series.map((s) => color(s.color))];
  if (data.kind === "treemap") return data.labels.map((_, i) => under(color(data.colors[i] ?? (i % 8) + 1), dark));
  return [token(data.kind === "heat" ? "line2" : "c1")];
}

export function options(state, after) {
  const { data, format } = state, kind = data.kind, n = data.labels.length, axisKind = kind === "stacked" || kind === "burn";
  // The library leaves too little room beside a few wide bars and cuts them off.
  const few = kind === "stacked" && n <= 6;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches ? document.documentElement.dataset.theme !== "light" : document.documentElement.dataset.theme === "dark";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  // A heat map names the week in which a month begins.
  const firsts = new Set(); let month = "";
  if (kind === "heat") for (const label of data.labels) if (label.slice(0, 7) !== month) { month = label.slice(0, 7); const d = new Date(label); firsts.add(format.tick(new Date(d - ((d.getUTCDay() + 6) % 7) * 864e5).toISOString().slice(0, 10))); }
  // A month of which only the end is shown would run into the next one's name.
  if (kind === "heat" && firsts.size > 1 && +data.labels[0].slice(8) > 15) firsts.delete([...firsts][0]);
  const reset = (shown) => { const b = state.figure.querySelector("[data-chart-do=reset]"); if (b) b.hidden = !shown; };
  const [low, high] = kind === "waterfall" ? span(data) : [0, undefined], top = axisKind ? nice(data) : null;
  return {
    series: seriesOf(state), colors: colors(data, dark), theme: { mode: dark ? "dark" : "light" },
    chart: {
      type: { stacked: "bar", burn: "rangeArea", treemap: "treemap", heat: "heatmap", waterfall: "rangeBar" }[kind], stacked: kind === "stacked", height: "100%", width: "100%", background: "transparent", fontFamily: token("font"), foreColor: token("text3"),
      toolbar: { show: false }, zoom: { enabled: axisKind, type: "x", autoScaleYaxis: false }, selection: { enabled: false }, redrawOnParentResize: true, parentHeightOffset: 0,
      animations: { enabled: !still, speed: 250, animateGradually: { enabled: false }, dynamicAnimation: { enabled: !still, speed: 250 } },
      events: { mounted: after, updated: after, zoomed: (_, { xaxis }) => reset(xaxis.min !== undefined && (xaxis.min > .6 || xaxis.max < n + .4)) },
    },
    states: { hover: { filter: { type: kind === "heat" || kind === "treemap" ? "lighten" : "none" } }, active: { filter: { type: "none" } } },
    legend: { show: false }, dataLabels: { enabled: kind === "treemap", style: { fontSize: "13px", fontWeight: 600, colors: [dark ? "#0b1020" : "#fff"] }, formatter: (t, o) => { const name = kind === "treemap" ? named(state, t, o.value) : t; return kind === "treemap" ? (name ? [name, format.axis(o.value)] : "") : name; }, offsetY: -4 },
    stroke: kind === "burn" ? { curve: "straight", width: [...(data.forecast ? [0, 2] : []), ...data.series.map(() => 2.5)], dashArray: [...(data.forecast ? [0, 4] : []), ...data.series.map(() => 0)] } : { width: kind === "stacked" ? 1 : kind === "waterfall" ? 0 : 2, colors: [token("surface")] },
    fill: { opacity: kind === "burn" && data.forecast ? [.55, 1, ...data.series.map(() => 1)] : 1, type: "solid" }, markers: { size: 0, hover: { size: 4 } },
    plotOptions: {
      bar: { columnWidth: kind === "waterfall" ? "70%" : "72%", borderRadius: 2, borderRadiusApplication: "end", borderRadiusWhenStacked: "last", rangeBarGroupRows: false },
      treemap: { distributed: true, enableShades: false, borderRadius: 4, dataLabels: { format: "truncate" } }, heatmap: { radius: 3, enableShades: false, useFillColorAsStroke: false, colorScale: { ranges: kind === "heat" ? steps(data) : [] } },
    },
    grid: { borderColor: token("line2"), xaxis: { lines: { show: false } }, yaxis: { lines: { show: axisKind } }, padding: { left: axisKind ? 6 : 0, right: axisKind ? 10 : 0, top: data.events?.length ? 2 : axisKind ? -12 : -20, bottom: axisKind ? (data.forecast && kind === "stacked" ? 26 : 10) : kind === "waterfall" ? -26 : 0 } },
    // Labels below the axis are drawn by the overlay: as many as fit, never turned.
    xaxis: axisKind ? { type: "numeric", min: kind === "burn" ? 1 : few ? .5 : undefined, max: kind === "burn" ? n : few ? n + .5 : undefined, decimalsInFloat: 0, tickAmount: Math.min(n, 10), labels: { show: false }, axisBorder: { show: false }, axisTicks: { show: false }, crosshairs: { show: kind === "burn", stroke: { color: token("edge"), dashArray: 3 } }, tooltip: { enabled: false } }
      : { type: "category", labels: { show: kind === "heat", rotate: 0, hideOverlappingLabels: false, formatter: (v) => (firsts.has(v) ? v : ""), style: { fontSize: "11px", colors: token("text3") } }, axisBorder: { show: false }, axisTicks: { show: false }, tooltip: { enabled: false }, crosshairs: { show: false } },
    yaxis: kind === "heat" ? { labels: { minWidth: 36, offsetX: -4, style: { fontSize: "11px", colors: token("text3") } } } : { show: axisKind, min: low, max: top?.max ?? high, tickAmount: top?.ticks ?? 4, labels: { show: axisKind, formatter: format.axis, style: { fontSize: "11px", colors: token("text3") }, offsetX: -8, minWidth: 28 } },
    tooltip: { shared: axisKind, intersect: !axisKind, followCursor: true, theme: false, custom: (o) => tip(state, o) },
  };
}

// Eight steps from nearly the card's own colour to full; a day without a figure matches none and stays grey.
function steps(data) {
  const known = data.series[0].values.filter((v) => v !== null), low = Math.min(...known), high = Math.max(...known), width = (high - low) / 8 || 1;
  const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)), full = (h) => (h.length === 4 ? "#" + [...h.slice(1)].map((c) => c + c).join("") : h), from = rgb(full(token("surface"))), to = rgb(full(token("c1")));
  return Array.from({ length: 8 }, (_, i) => ({ from: low + i * width, to: i === 7 ? high : low + (i + 1) * width, color: "#" + from.map((c, k) => Math.round(c + (to[k] - c) * (.14 + .86 * i / 7)).toString(16).padStart(2, "0")).join("") }));
}

// The smallest round scale of at most five steps that holds all bars, the forecast and the limit.
function nice(data) {
  const sums = data.labels.map((_, i) => (data.kind === "stacked" ? data.series.reduce((a, s) => a + Math.max(0, s.values[i] ?? 0), 0) : Math.max(...data.series.map((s) => s.values[i] ?? 0))));
  const most = Math.max(...sums, ...(data.forecast?.high.map((v) => v ?? 0) ?? []), data.limit ?? 0) * 1.02;
  if (!(most > 0)) return null;
  const power = 10 ** Math.floor(Math.log10(most / 5));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s * 5 >= most) ?? 10 * power, ticks = Math.ceil(most / step);
  return { max: step * ticks, ticks };
}

// A waterfall from zero would be two towers with nothing between them: it starts below the smallest step.
function span(data) {
  const v = data.series[0].values; let base = v[0] ?? 0, low = base, high = base;
  for (const d of v.slice(1, -1)) { base += d ?? 0; low = Math.min(low, base); high = Math.max(high, base); }
  const room = high - low || Math.abs(low) * .1 || 1;
  return [low - room * .6, Math.max(high, v.at(-1) ?? high) + room * .05];
}

function tip({ data, format, hidden }, { seriesIndex, dataPointIndex: i, w }) {
  const line = (css, name, value, cls = "") => `<div class="${cls}"><svg viewBox="0 0 10 10">${css ? `<rect class="${css}" width="10" height="10" rx="3" stroke="none"/>` : ""}</svg><span>${escape(name)}</span><span class="num">${value}</span></div>`;
  const box = (title, inner) => `<div class="tip"><b>${escape(title)}</b>${inner}</div>`;
  if (data.kind === "heat") { const p = w.config.series[seriesIndex].data[i]; return p?.label ? box(format.day(p.label), format.money(p.y)) : ""; }
  const label = format.day(data.labels[i]);
  if (data.kind === "treemap") { const all = data.series[0].values.reduce((a, b) => a + (b ?? 0), 0); return box(label, `${format.money(data.series[0].values[i])} <span class="note">${(100 * (data.series[0].values[i] ?? 0) / (all || 1)).toFixed(1)} %</span>`); }
  if (data.kind === "waterfall") return box(label, format.money(data.series[0].values[i]));
  const shown = data.series.filter((s) => !hidden.has(s.name) && s.values[i] !== null && s.values[i] !== undefined);
  let inner = [...shown].reverse().map((s) => line(`s${s.color}`, s.name, format.money(s.values[i]))).join("");
  if (shown.length > 1) inner += line("", data.words.sum, format.money(shown.reduce((a, s) => a + s.values[i], 0)), "sum");
  const f = data.forecast; if (f?.mid[i] !== null && f?.mid[i] !== undefined) inner += line("s0", data.words.forecast, format.money(f.mid[i])) + `<span class="note">${escape(data.words.range)}: ${format.money(f.low[i])} – ${format.money(f.high[i])}</span>`;
  if (data.limit) inner += line("", data.words.limit, format.money(data.limit));
  const events = data.events?.filter((e) => e.at === i).map((e) => escape(e.word)).join(", "); if (events) inner += `<span class="note">${events}</span>`;
  return box(label, inner);
}
