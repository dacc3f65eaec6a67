// Opens Blazor Server circuits without a browser: fetches a page, starts the circuit as blazor.web.js does, acknowledges render batches.
//   node circuits.mjs --url http://127.0.0.1:8080 --path /o/acme/budgets --cookie "name=value" --count 500 [--parallel 20] [--seconds 30] [--expect text]
// Speaks "blazorpack", which is SignalR's MessagePack protocol under another name. Prints one JSON line per event that a harness needs:
//   {"event":"opened","count":N,"seconds":S}           all circuits rendered their page
//   {"event":"batch","circuit":i,"at":epochMs,"match":bool}   a render batch arrived after that (match: it contains the expected text)
// It ends by itself after --seconds. Only addresses of the own machine are accepted.
import { HubConnectionBuilder, HttpTransportType, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';

const options = { parallel: '20', seconds: '30', count: '10', path: '/', expect: '', cookie: '' };
for (let i = 2; i < process.argv.length; i += 2) options[process.argv[i].replace(/^--/, '')] = process.argv[i + 1];
const base = new URL(options.url);
if (!['127.0.0.1', 'localhost', '[::1]'].includes(base.hostname)) throw new Error('Only an address of this machine.');
const expected = options.expect ? Buffer.from(options.expect, 'utf8') : null;
const report = (line) => process.stdout.write(JSON.stringify(line) + '\n');

class BlazorPack extends MessagePackHubProtocol {
  constructor() {
    super();
    this.name = 'blazorpack';
  }
}

let listening = false;

async function open(index) {
  const page = new URL(options.path, base);
  const response = await fetch(page, { headers: { cookie: options.cookie, 'accept-language': 'en' }, redirect: 'manual' });
  if (response.status !== 200) throw new Error(`${page} answered ${response.status}`);
  const html = await response.text();
  const cookies = [options.cookie, ...response.headers.getSetCookie().map((c) => c.split(';')[0])].filter(Boolean).join('; ');
  const markers = [...html.matchAll(/<!--Blazor:(\{.*?\})-->/g)].map((m) => JSON.parse(m[1])).filter((m) => m.type === 'server');
  if (markers.length === 0) throw new Error(`${page} holds no interactive component`);

  const connection = new HubConnectionBuilder()
    .withUrl(new URL('/_blazor', base).href, { transport: HttpTransportType.WebSockets, skipNegotiation: true, headers: { cookie: cookies } })
    .withHubProtocol(new BlazorPack())
    .configureLogging(LogLevel.Error)
    .build();
  let ready;
  const rendered = new Promise((resolve, reject) => {
    ready = resolve;
    connection.on('JS.Error', (message) => reject(new Error(message)));
    connection.onclose((error) => reject(error ?? new Error('closed')));
  });
  connection.on('JS.RenderBatch', (id, data) => {
    if (listening) report({ event: 'batch', circuit: index, at: performance.timeOrigin + performance.now(), match: expected ? Buffer.from(data).includes(expected) : true });
    connection.send('OnRenderCompleted', id, null);
  });
  connection.on('JS.BeginInvokeJS', (handle) => {
    // Every script call succeeds with nothing: the page's script half is not under test here.
    if (handle > 0) connection.send('EndInvokeJSFromDotNet', handle, true, JSON.stringify([handle, true, null]));
  });
  connection.on('JS.AttachComponent', () => {});
  connection.on('JS.EndInvokeDotNet', () => {});
  connection.on('JS.EndUpdateRootComponents', () => ready());
  connection.on('JS.EndLocationChanging', () => {});
  connection.on('JS.SavePersistedState', () => {});
  await connection.start();
  const circuit = await connection.invoke('StartCircuit', base.href, page.href, '[]', '');
  if (!circuit) throw new Error('the server refused the circuit');
  const operations = markers.map((marker, i) => ({ type: 'add', ssrComponentId: i + 1, marker }));
  await connection.send('UpdateRootComponents', JSON.stringify({ batchId: 1, operations }), '');
  await rendered;
  return connection;
}

const started = performance.now();
const connections = [];
const count = Number(options.count);
let next = 0;
await Promise.all(
  Array.from({ length: Math.min(Number(options.parallel), count) }, async () => {
    while (next < count) connections.push(await open(next++));
  }),
);
report({ event: 'opened', count: connections.length, seconds: (performance.now() - started) / 1000 });
await new Promise((resolve) => setTimeout(resolve, 1500));
listening = true;
report({ event: 'listening' });
await new Promise((resolve) => setTimeout(resolve, Number(options.seconds) * 1000));
await Promise.all(connections.map((c) => c.stop()));
process.exit(0);
