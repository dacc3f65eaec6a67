// Runs before the first paint (a plain script in the head): theme of this browser (else the account's, which the server wrote), and its time zone for the server.
(() => {
  const theme = localStorage.getItem("portal-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else if (theme === "system") delete document.documentElement.dataset.theme;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const kept = "portal-zone=" + encodeURIComponent(zone ?? ""), known = document.cookie.split("; ").find((c) => c.startsWith("portal-zone="));
  if (zone && known !== kept) {
    document.cookie = `${kept};path=/;max-age=31536000;samesite=lax`;
    // Somebody has travelled, or a page without a circuit has times: the server wrote it for another zone. Once, before anything is seen, and only where the new cookie holds.
    if ((known || "askZone" in document.documentElement.dataset) && document.cookie.includes(kept)) {
      document.documentElement.hidden = true;
      location.reload();
    }
  }
})();
