// Runs wwwroot/js/audit-verify.js on cases from standard input (a JSON array of inputs) and prints the results as a JSON array.
import { readFile } from "node:fs/promises";

// By its text: the folder of the page's scripts says nowhere that they are modules, and older Node versions would take it for CommonJS.
const source = await readFile(new URL("../../wwwroot/js/audit-verify.js", import.meta.url));
const { verify } = await import(`data:text/javascript;base64,${source.toString("base64")}`);

let text = "";
for await (const piece of process.stdin) text += piece;
const results = [];
for (const input of JSON.parse(text)) results.push(await verify(input));
process.stdout.write(JSON.stringify(results));
