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

import { base64, bytes, concat, equal, logOf, needsCrypto, readNote, sha256, signedBy } from "./audit-note.js";

const td = new TextDecoder("utf-8", { fatal: true });

export async function verify(input) {
  const steps = [];
  const step = (name, ok, more) => {
    steps.push({ name, ok, ...more });
    return ok;
  };
  try {
    needsCrypto();
    const leaf = bytes(input.leaf);
    const index = BigInt(input.index);
    const note = readNote(String(input.checkpoint));
    const said = JSON.parse(td.decode(leaf));
    const log = logOf(note);
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
