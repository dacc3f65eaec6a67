// Checks in the browser that the log of today continues the log that this browser saw before: nothing that was there then has been changed, removed or reordered since.
//
//   import { verifyLog } from "/js/audit-log.js";
//   const result = await verifyLog(input, remembered);
//
// input       checkpoint  the newest signed note as text                 (GET .../audit/checkpoint)
//             keys        [{ name, publicKey }]: as for audit-verify.js  (GET .../audit/keys)
//             path        base64 hashes of the RFC 9162 consistency proof from the remembered size to the newest (GET .../audit/consistency: path)
// remembered  null, or { note, keys, at }: the note and the keys that signed it as they were then
//
// result  outcome   "first" nothing was remembered; "same" no entry since; "grown"; "failed"
//         steps     each { name, ok, ... }; after a step that is false the later ones may be missing
//           "signature"    the newest note is signed by a key that counts             { keyName, keyHash }
//           "remembered"   the remembered note is signed by a key remembered with it  { size, keyHash }
//           "log"          both are of one log                                        { logId }
//           "size"         the log is not shorter than it was                         { from, to }
//           "consistency"  RFC 9162 section 2.1.4.2, both roots                       { computed, signed }
//         newKey    true where the newest note is signed by none of the remembered keys: rotation, or somebody else's key; compare its fingerprint
//         from, to  sizes as text; from is null where nothing was remembered
//         at        when the remembered note was seen, ISO 8601, or null
//         keep      { note, keys, at } to remember from now on; null where the check failed
//         error     a sentence where the input could not be read, else null
// It never throws.

import { base64, bytes, concat, equal, logOf, needsCrypto, readNote, sha256, signedBy } from "./audit-note.js";

export async function verifyLog(input, remembered, now = new Date()) {
  const steps = [];
  const result = { outcome: "failed", steps, newKey: false, from: null, to: null, at: remembered?.at ?? null, keep: null, error: null };
  const step = (name, ok, more) => {
    steps.push({ name, ok, ...more });
    return ok;
  };
  try {
    needsCrypto();
    const note = readNote(String(input.checkpoint));
    result.to = String(note.size);
    const signer = await signedBy(note, input.keys);
    if (!step("signature", signer !== null && logOf(note) !== null, { keyName: signer?.name ?? null, keyHash: signer?.keyHash ?? null })) return result;

    if (remembered) {
      const before = readNote(String(remembered.note));
      result.from = String(before.size);
      const once = await signedBy(before, remembered.keys);
      if (!step("remembered", once !== null, { size: result.from, keyHash: once?.keyHash ?? null })) return result;
      if (!step("log", before.origin === note.origin, { logId: logOf(note) })) return result;
      if (!step("size", before.size <= note.size, { from: result.from, to: result.to })) return result;
      const roots = await walk(before, note, (input.path ?? []).map(bytes));
      const holds = roots !== null && equal(roots.before, before.root) && equal(roots.now, note.root);
      if (!step("consistency", holds, { computed: roots ? base64(roots.now) : null, signed: base64(note.root) })) return result;
      result.newKey = (await signedBy(note, remembered.keys)) === null;
      result.outcome = before.size === note.size ? "same" : "grown";
    } else result.outcome = "first";

    result.keep = { note: String(input.checkpoint), keys: input.keys.map((k) => ({ name: k.name, publicKey: k.publicKey })), at: now.toISOString() };
    return result;
  } catch (e) {
    result.outcome = "failed";
    result.error = e instanceof Error ? e.message : String(e);
    return result;
  }
}

// Both roots as they follow from the path; null where the path cannot be of these sizes.
async function walk(before, now, path) {
  if (path.some((p) => p.length !== 32)) return null;
  if (before.size === now.size) return path.length === 0 ? { before: now.root, now: now.root } : null;
  // An empty tree is the beginning of any.
  if (before.size === 0n) return path.length === 0 ? { before: before.root, now: now.root } : null;
  // A whole subtree stands for itself and is left out of the path.
  const all = (before.size & (before.size - 1n)) === 0n ? [before.root, ...path] : path;
  if (all.length === 0) return null;
  let [fn, sn] = [before.size - 1n, now.size - 1n];
  while ((fn & 1n) === 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  let [fr, sr] = [all[0], all[0]];
  for (const c of all.slice(1)) {
    if (sn === 0n) return null;
    if ((fn & 1n) === 1n || fn === sn) {
      [fr, sr] = [await sha256(concat([1], c, fr)), await sha256(concat([1], c, sr))];
      while ((fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else sr = await sha256(concat([1], sr, c));
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  return sn === 0n ? { before: fr, now: sr } : null;
}

// What this browser remembers, one for each log; the place (an organization) leads to its log, so that a log put in the place of another is noticed.
const logKey = (id) => `portal-audit-log-${id}`;
const placeKey = (place) => `portal-audit-place-${place}`;

export function recall(place) {
  const id = localStorage.getItem(placeKey(place));
  const kept = id === null ? null : localStorage.getItem(logKey(id));
  return kept === null ? null : JSON.parse(kept);
}

export function remember(place, keep) {
  const id = logOf(readNote(keep.note));
  localStorage.setItem(logKey(id), JSON.stringify(keep));
  localStorage.setItem(placeKey(place), id);
}

export function forget(place) {
  const id = localStorage.getItem(placeKey(place));
  if (id !== null) localStorage.removeItem(logKey(id));
  localStorage.removeItem(placeKey(place));
}

// How many entries the remembered log had, as text; null where nothing is remembered or it cannot be read (the check then says so).
export function sizeOf(remembered) {
  try {
    return remembered && String(readNote(String(remembered.note)).size);
  } catch {
    return null;
  }
}
