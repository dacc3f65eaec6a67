// Checks in the browser that one entry is in a signed audit log, with Web Crypto alone: nothing is asked of the server and no library is used.
//
//   import { verify } from "/js/audit-verify.js";
//   const result = await verify(input);
//
// input   leaf        base64 of the entry's canonical bytes          (GET .../audit/{index}/proof: leaf)
//         index       the entry's place, from 0; number or text      (leafIndex)
//         path        base64 hashes, from the leaf up                (path)
//         checkpoint  the signed note as text                        (GET .../audit/checkpoint; the proof must be for its size)
//         keys        [{ name, publicKey }]: public keys that count: base64 of the DER SubjectPublicKeyInfo, or its PEM text
//                                                                    (GET .../audit/keys: publicKeyPem)
//
// result  valid       true only if every step is true
//         steps       in this order, each { name, ok, ... }; after a step that is false the later ones may be missing
//           "leaf"        the leaf says the same index and log as asked      { index, logId }
//           "leafHash"    SHA-256(0x00 || leaf)                              { hash }
//           "path"        RFC 9162 section 2.1.3.2                           { nodes: [{ side: "left"|"right", sibling, hash }] }: side is where the sibling stands
//           "root"        the path's end against the checkpoint's root       { computed, signed, size }
//           "signature"   ECDSA P-256, SHA-256 over the note's text          { keyName, keyHash }: keyHash in hex
//         error       a sentence where the input could not be read, else null
// Hashes are base64. It never throws.

const te = new TextEncoder();
const td = new TextDecoder("utf-8", { fatal: true });

export async function verify(input) {
  const steps = [];
  const step = (name, ok, more) => {
    steps.push({ name, ok, ...more });
    return ok;
  };
  try {
    if (!globalThis.crypto?.subtle) throw new Error("This page has no Web Crypto: open the portal by HTTPS.");
    const leaf = bytes(input.leaf);
    const index = BigInt(input.index);
    const note = readNote(String(input.checkpoint));
    const said = JSON.parse(td.decode(leaf));
    const log = note.origin.startsWith("hexabase.portal/audit/") ? note.origin.slice(22) : null;
    step("leaf", BigInt(said.index) === index && log !== null && said.log_id === log, { index: String(said.index), logId: String(said.log_id) });

    let hash = await sha256(concat([0], leaf));
    step("leafHash", true, { hash: base64(hash) });

    const walked = await walk(hash, index, note.size, input.path.map(bytes));
    if (!step("path", walked !== null, { nodes: walked?.nodes ?? [] })) return { valid: false, steps, error: null };
    step("root", equal(walked.root, note.root), { computed: base64(walked.root), signed: base64(note.root), size: String(note.size) });

    const signer = await signedBy(note, input.keys);
    step("signature", signer !== null, { keyName: signer?.name ?? null, keyHash: signer?.keyHash ?? null });
    return { valid: steps.every((s) => s.ok), steps, error: null };
  } catch (e) {
    return { valid: false, steps, error: e instanceof Error ? e.message : String(e) };
  }
}

async function walk(leafHash, index, size, path) {
  if (index < 0n || index >= size) return null;
  let [fn, sn, r] = [index, size - 1n, leafHash];
  const nodes = [];
  for (const p of path) {
    if (sn === 0n || p.length !== 32) return null;
    const left = (fn & 1n) === 1n || fn === sn;
    r = await sha256(left ? concat([1], p, r) : concat([1], r, p));
    nodes.push({ side: left ? "left" : "right", sibling: base64(p), hash: base64(r) });
    if (left) while ((fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n ? { root: r, nodes } : null;
}

// A C2SP tlog-checkpoint: origin, size, root, further lines; an empty line; signature lines "— NAME BASE64".
function readNote(text) {
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
async function signedBy(note, keys) {
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

async function sha256(data) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

function bytes(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

function base64(data) {
  return btoa(String.fromCharCode(...data));
}

function concat(...parts) {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function equal(a, b) {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
