// The connection to the server: one quiet bar, retries with back-off, and a reload when the server no longer knows this page.
let down = false, timer = 0, attempt = 0, busy = false, dirty = false;
const root = document.documentElement;
const show = (state) => { if (state) root.dataset.link = state; else delete root.dataset.link; };

export function start() {
  // A page in whose fields somebody has typed is not reloaded behind their back.
  document.addEventListener("input", (e) => { if (e.target.closest("form, dialog")) dirty = true; });
  document.addEventListener("submit", () => { dirty = false; });
  addEventListener("popstate", () => { dirty = false; });
  addEventListener("online", retry);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && down) retry(); });
  Blazor.start({ circuit: { reconnectionHandler: { onConnectionDown, onConnectionUp } } });
}

function onConnectionDown() {
  if (down) return;
  down = true; attempt = 0;
  // A blip of under a second is nobody's business.
  timer = setTimeout(() => { if (down) show("down"); }, 900);
  again(0);
}

function onConnectionUp() { down = false; clearTimeout(timer); show(null); document.dispatchEvent(new Event("portal:online")); }

export function retry() { if (root.dataset.link === "lost") location.reload(); else if (down) again(0); }

let next = 0;
function again(delay) {
  clearTimeout(next);
  next = setTimeout(async () => {
    if (!down || busy) return;
    busy = true;
    try {
      if (await Blazor.reconnect()) onConnectionUp(); else gone();
    } catch {
      // The server does not answer: 0.5 s, 1 s, 2 s ... at most 15 s, spread so that all pages do not knock at once.
      again(Math.min(15_000, 500 * 2 ** attempt++) * (0.8 + Math.random() * 0.4));
    } finally { busy = false; }
  }, delay);
}

function gone() { if (dirty) show("lost"); else location.reload(); }
