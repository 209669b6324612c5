/**
 * `node load-main.js PORT APPS`: asks apps of a router, each answer checked byte by byte. By IPC it is told a rate a second (0: as fast as it can),
 * and tells each second what came of its requests.
 */
import { Agent, request } from "node:http";
import { answerTo, bodyFor, type Kind } from "./answers";
import type { Tally } from "./load";

const [port = 0, apps = 1] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const mostAtOnce = 64;
/** Of ten requests. */
const mix: Kind[] = ["short", "short", "short", "short", "short", "short", "short", "sum", "sum", "long"];

let tally = emptyTally();
let rate: number | undefined;
let begunMs = 0;
let sent = 0;
let underWay = 0;
let lastId = 0;

function emptyTally(): Tally {
  return { right: 0, wrong: [], failed: [] };
}

function ask(): void {
  const id = ++lastId;
  const app = `app${id % apps}`;
  const kind = mix[id % mix.length] ?? "short";
  const path = `/${kind}/${id}`;
  const body = bodyFor(kind, id);
  underWay += 1;
  let over = false;
  const end = (count: () => void) => {
    if (over) return;
    over = true;
    underWay -= 1;
    count();
    if (rate === 0 && underWay < mostAtOnce) ask();
  };
  const fail = (why: string) => end(() => tally.failed.push({ app, path, why, atMs: Date.now() }));
  const headers = { host: `${app}.example`, "content-length": body.length };
  const asked = request({
    port,
    host: "127.0.0.1",
    agent,
    path,
    method: body.length ? "POST" : "GET",
    headers,
  });
  asked.on("error", (error) => fail(error.message));
  asked.on("response", (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", (error) => fail(error.message));
    response.on("end", () => {
      if (response.statusCode !== 200) fail(`status ${response.statusCode}`);
      else if (Buffer.concat(chunks).equals(answerTo(app, path, body))) end(() => (tally.right += 1));
      else end(() => tally.wrong.push(`${app} ${path}`));
    });
  });
  asked.end(body);
}

function pace(): void {
  if (!rate) return;
  const due = ((performance.now() - begunMs) / 1_000) * rate;
  for (; sent < due; sent += 1) if (underWay < mostAtOnce) ask();
}

process.on("message", (told: number) => {
  rate = told;
  begunMs = performance.now();
  sent = 0;
  for (let index = underWay; rate === 0 && index < mostAtOnce; index += 1) ask();
});
process.once("disconnect", () => process.exit(0));
setInterval(pace, 2);
setInterval(() => {
  process.send?.(tally);
  tally = emptyTally();
}, 1_000);
