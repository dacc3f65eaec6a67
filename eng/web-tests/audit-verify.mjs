// Runs the page's own checks of the audit log on cases from standard input and prints the results as a JSON array. A case is an input of wwwroot/js/audit-verify.js, or { input, remembered } of audit-log.js.
import { readFile } from "node:fs/promises";

// By their text: the folder of the page's scripts says nowhere that they are modules, and older Node versions would take them for CommonJS.
async function address(name) {
  let source = await readFile(new URL(`../../wwwroot/js/${name}`, import.meta.url), "utf8");
  for (const [, other] of source.matchAll(/from "\.\/([\w-]+\.js)"/g)) source = source.replace(`"./${other}"`, `"${await address(other)}"`);
  return `data:text/javascript;base64,${Buffer.from(source).toString("base64")}`;
}

const { verify } = await import(await address("audit-verify.js"));
const { verifyLog } = await import(await address("audit-log.js"));

let text = "";
for await (const piece of process.stdin) text += piece;
const results = [];
for (const each of JSON.parse(text)) results.push("input" in each ? await verifyLog(each.input, each.remembered ?? null) : await verify(each));
process.stdout.write(JSON.stringify(results));
