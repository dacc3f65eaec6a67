// Numbers and days in the viewer's language. Days are UTC charge days: the same for everybody.
export function formats(data) {
  const lang = data.language, minus = (s) => s.replace(/^-|(?<=\p{Sc})-/u, "−").replace("-", "−").replace(/K$/, "k");
  const money = data.currency
    ? new Intl.NumberFormat(lang, { style: "currency", currency: data.currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: data.digits, maximumFractionDigits: data.digits })
    : new Intl.NumberFormat(lang, { maximumFractionDigits: 2 });
  const plain = new Intl.NumberFormat(lang, data.currency ? { minimumFractionDigits: data.digits, maximumFractionDigits: data.digits } : { maximumFractionDigits: 4 });
  const compact = new Intl.NumberFormat(lang, { notation: "compact", useGrouping: "always", maximumFractionDigits: 1 });
  const part = (o) => new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { timeZone: "UTC", ...o });
  const long = part({ day: "numeric", month: "short", year: "numeric" }), short = part(lang === "ja" ? { month: "numeric", day: "numeric" } : { day: "numeric", month: "short" }), month = part({ month: "short", year: "2-digit" }), weekday = part({ weekday: "short" });
  const isDay = (s) => /^\d{4}-\d\d-\d\d$/.test(s), isMonth = (s) => /^\d{4}-\d\d$/.test(s), date = (s) => new Date(isMonth(s) ? `${s}-01` : s);
  const known = (f) => (v) => (v === null || v === undefined || Number.isNaN(v) ? "–" : minus(f.format(v)));
  return {
    money: known(money), figure: known(plain), axis: known(compact),
    day: (s) => (isDay(s) ? long.format(date(s)) : isMonth(s) ? month.format(date(s)) : s),
    tick: (s) => (isDay(s) ? short.format(date(s)) : isMonth(s) ? month.format(date(s)) : s),
    weekday: (i) => weekday.format(new Date(Date.UTC(2024, 0, 1 + i))), isDay, isWords: (s) => !isDay(s) && !isMonth(s),
  };
}
export const escape = (s) => String(s).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
