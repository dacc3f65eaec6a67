// Passkeys: asks the portal for options, the browser for an answer, and posts it as a form. Buttons: data-passkey="signIn|secondStep|stepUp|add", hidden where the browser knows no passkeys.
const known = !!window.PublicKeyCredential?.parseRequestOptionsFromJSON && isSecureContext;
const token = () => document.querySelector("meta[name=request-token]").content;

export function show(root = document) { for (const b of root.querySelectorAll("[data-passkey][hidden]")) b.hidden = !known; }

async function run(button) {
  const what = button.dataset.passkey, box = button.closest("[data-passkey-box]") ?? document, error = box.querySelector("[data-passkey-error]");
  if (error) error.hidden = true;
  button.disabled = true;
  try {
    const answer = await fetch(`/account/passkeys/options/${what}`, { method: "POST", body: new URLSearchParams({ __RequestVerificationToken: token() }) });
    if (!answer.ok) throw new Error(String(answer.status));
    const options = await answer.json();
    const credential = what === "add"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    const name = box.querySelector("[data-passkey-name]")?.value ?? "";
    window.portal.post(`/account/passkeys/${what}`, { credential: JSON.stringify(credential), returnUrl: button.dataset.return ?? "", name });
  } catch {
    // Cancelled, timed out, or no passkey here: the person reads what to do, the page stays.
    if (error) error.hidden = false;
    button.disabled = false;
  }
}

document.addEventListener("click", (e) => { const b = e.target.closest?.("[data-passkey]"); if (b) run(b); });
show();
new MutationObserver((changes) => { for (const c of changes) for (const n of c.addedNodes) if (n.nodeType === 1) { if (n.matches("[data-passkey][hidden]")) n.hidden = !known; show(n); } }).observe(document.body, { childList: true, subtree: true });
