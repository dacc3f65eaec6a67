// Runs before the first paint (a plain script in the head): theme of this browser (else the account's, which the server wrote), and its time zone for the server.
(() => {
  const theme = localStorage.getItem("portal-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else if (theme === "system") delete document.documentElement.dataset.theme;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes("portal-zone=" + encodeURIComponent(zone)))
    document.cookie = `portal-zone=${encodeURIComponent(zone)};path=/;max-age=31536000;samesite=lax`;
})();
