// What the checks of the audit log have in common: signed notes (C2SP tlog-checkpoint), ECDSA P-256 by Web Crypto, bytes.

const te = new TextEncoder();

export function needsCrypto() {
  if (!globalThis.crypto?.subtle) throw new Error("This page has no Web Crypto: open the portal by HTTPS.");
}

// The id of the log that a checkpoint is of; null = it is of no log of this kind.
export function logOf(note) {
  const prefix = "hexabase.portal/audit/";
  return note.origin.startsWith(prefix) ? note.origin.slice(prefix.length) : null;
}

// A C2SP tlog-checkpoint: origin, size, root, further lines; an empty line; signature lines "— NAME BASE64".
export function readNote(text) {
  const split = text.lastIndexOf("\n\n");
  if (split < 0 || !text.endsWith("\n")) throw new Error("The checkpoint is not a signed note.");
  const signed = text.slice(0, split + 1);
  const [origin, size, root, ...more] = signed.slice(0, -1).split("\n");
  if (!origin || !/^(0|[1-9][0-9]{0,18})$/.test(size ?? "") || !root || more.some((l) => l === "")) throw new Error("The checkpoint's text is malformed.");
  const signatures = text.slice(split + 2, -1).split("\n").map((line) => {
    const found = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    if (!found) throw new Error("A signature line of the checkpoint is malformed.");
    const all = bytes(found[2]);
    return { name: found[1], keyHash: all.slice(0, 4), signature: all.slice(4) };
  });
  const rootBytes = bytes(root);
  if (rootBytes.length !== 32) throw new Error("The checkpoint's root has not 32 bytes.");
  return { text: te.encode(signed), origin, size: BigInt(size), root: rootBytes, signatures };
}

// The first known key that signed; a wrong signature under a known key spoils the note.
export async function signedBy(note, keys) {
  let by = null;
  for (const line of note.signatures) {
    for (const key of keys) {
      const spki = publicKey(key.publicKey);
      const keyHash = (await sha256(spki)).slice(0, 4);
      if (key.name !== line.name || key.name !== note.origin || !equal(keyHash, line.keyHash)) continue;
      const imported = await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
      if (!(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, rawSignature(line.signature), note.text))) return null;
      by ??= { name: key.name, keyHash: [...keyHash].map((b) => b.toString(16).padStart(2, "0")).join("") };
    }
  }
  return by;
}

// DER SEQUENCE of two INTEGERs to r || s of 32 bytes each, as Web Crypto takes it.
function rawSignature(der) {
  const raw = new Uint8Array(64);
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new Error("The signature is not DER.");
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1];
    if (der[at] !== 0x02 || !length || at + 2 + length > der.length) throw new Error("The signature is not DER.");
    let value = der.slice(at + 2, at + 2 + length);
    if (value[0] & 0x80) throw new Error("The signature is not DER.");
    if (value[0] === 0 && value.length > 1) {
      if (!(value[1] & 0x80)) throw new Error("The signature is not DER.");
      value = value.slice(1);
    }
    if (value.length > 32) throw new Error("The signature is not of P-256.");
    raw.set(value, end - value.length);
    at += 2 + length;
  }
  if (at !== der.length) throw new Error("The signature is not DER.");
  return raw;
}

function publicKey(text) {
  return bytes(text.replace(/-----(BEGIN|END) PUBLIC KEY-----/g, "").replace(/\s/g, ""));
}

export async function sha256(data) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

export function bytes(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

export function base64(data) {
  return btoa(String.fromCharCode(...data));
}

export function concat(...parts) {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function equal(a, b) {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
