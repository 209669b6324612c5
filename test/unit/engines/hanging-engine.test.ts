import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Image } from "../../../core/image";
import type { Patience } from "../../../server/engines/docker/patience";
import { type EngineParts, openDockerEngine } from "../../../server/engines/open";
import { commandSpec, instanceSpec, runSpec } from "../../support/engine-specs";

const folder = mkdtempSync(join(tmpdir(), "paas-test-engine-"));
const socket = join(folder, "docker.sock");
/** What is to run out is short; what must not, even on a busy machine, is long. */
const short = { answerMs: 10, changeMs: 10, pulseMs: 1 };
const long = 600_000;

let server: Server;
let answer: RequestListener;
let parts: EngineParts;
beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  await once(server.listen(socket), "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  answer = () => undefined;
  parts = open(short);
});

const image: Image = { id: "sha256:1", ref: "paas-test/a1:1", madeBy: "dockerfile", port: 5000 };
const open = (patience: Patience) =>
  openDockerEngine(`unix://${socket}`, "test", "10.0.0.0/16", { patience });
const { signal } = new AbortController();
const json =
  (value: unknown): RequestListener =>
  (_request, response) =>
    response.end(JSON.stringify(value));
const container = (state: string) => [{ Id: "c1", State: state, Labels: {} }];
/** One entry of a log as the engine frames it. */
function frame(text: string): Buffer {
  const line = Buffer.from(`2026-11-20T10:00:00.000000000Z ${text}\n`);
  return Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, line.length]), line]);
}
async function drain(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const item of items) read.push(item);
  return read;
}

const calls: Record<string, () => Promise<unknown>> = {
  list: () => parts.engine.list(),
  start: () => parts.engine.start(instanceSpec(image, "a1", "10.0.0.2")),
  end: () => parts.engine.end("i1", 0),
  stop: () => parts.engine.stop("i1", 0),
  exec: () => parts.engine.exec("i1", ["true"], long),
  listeners: () => parts.engine.listeners("i1"),
  logs: () => drain(parts.engine.logs("i1", { since: null, follow: true, signal })),
  createCommand: () => parts.engine.createCommand(commandSpec(image, "a1", ["true"])),
  startCommand: () => parts.engine.startCommand("r1"),
  commands: () => parts.engine.commands(),
  run: () => parts.engine.run(runSpec(image, "a1", ["true"])),
  runDetached: () => parts.engine.runDetached(runSpec(image, "a1", ["true"])),
  runs: () => parts.engine.runs(),
  runEnd: () => parts.engine.runEnd("run1", signal),
  removeRuns: () => parts.engine.removeRuns(),
  events: () => drain(parts.engine.events(signal)),
  version: () => parts.engine.version(),
  info: () => parts.engine.info(),
  "networks.ensure": () => parts.networks.ensure("a1"),
  "networks.remove": () => parts.networks.remove("a1"),
  "networks.ranges": () => parts.networks.ranges(),
  "networks.usage": () => parts.networks.usage(),
  "images.exists": () => parts.images.exists("i"),
  "images.tag": () => parts.images.tag("i", "a:b"),
  "images.remove": () => parts.images.remove("a:b"),
  "images.list": () => parts.images.list("a1"),
  "images.owners": () => parts.images.owners(),
};

describe("an engine that takes calls and does not answer", () => {
  test.each(Object.keys(calls))("%s is given up, with what to do", async (name) => {
    await expect(calls[name]?.()).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringMatching(/gave no answer within 0\.01 s\. It is tried again; .* restart it\.$/),
    });
  });

  test("nor does an answer that stops in the middle hold anybody up", async () => {
    answer = (_request, response) => response.write('[{"Id":');
    await expect(parts.engine.list()).rejects.toMatchObject({ code: "timeout" });
  });

  test("nor one whose connection breaks in the middle", async () => {
    answer = (request, response) => response.write('[{"Id":', () => request.socket.destroy());
    await expect(parts.engine.list()).rejects.toMatchObject({ code: "timeout" });
  });

  test("a stream that has begun ends when the engine gives no sign of life", async () => {
    parts = open({ ...short, answerMs: 2_000 });
    answer = (request, response) => {
      if (request.url?.includes("/containers/json")) json(container("running"))(request, response);
      else if (request.url?.includes("/logs")) response.write(frame("hello"));
    };
    const read: string[] = [];
    const reading = (async () => {
      for await (const { text } of parts.engine.logs("i1", { since: null, follow: true, signal }))
        read.push(text);
    })();
    await expect(reading).rejects.toMatchObject({ code: "timeout" });
    expect(read).toEqual(["hello"]);
  });
});

describe("an engine that takes its time", () => {
  test("a silent stream goes on as long as the engine answers otherwise", async () => {
    parts = open({ ...short, answerMs: long });
    let pulses = 0;
    let log: { end(data: Buffer): void } | undefined;
    answer = (request, response) => {
      if (request.url?.includes("/containers/json")) json(container("exited"))(request, response);
      else if (request.url?.includes("/logs")) {
        log = response;
        response.flushHeaders();
      } else {
        pulses += 1;
        if (pulses === 10) log?.end(frame("at last"));
        response.end("OK");
      }
    };
    const read = await drain(parts.engine.logs("i1", { since: null, follow: false, signal }));
    expect(read).toMatchObject([{ text: "at last" }]);
  });

  test("a stop may take the grace that it gives", async () => {
    parts = open({ ...short, answerMs: long });
    answer = (request, response) => {
      if (request.url?.includes("/containers/json")) json(container("running"))(request, response);
      else setTimeout(() => response.writeHead(204).end(), 10 * short.changeMs);
    };
    await parts.engine.end("i1", long);
  });
});

test("a wait for a one-off's end that breaks off is told", async () => {
  parts = open({ answerMs: long, changeMs: long, pulseMs: long });
  answer = (request, response) => {
    if (request.url?.includes("/containers/json")) return json(container("running"))(request, response);
    response.flushHeaders();
    return setImmediate(() => request.socket.destroy());
  };
  await expect(parts.engine.runEnd("run1", signal)).rejects.toMatchObject({ code: "unavailable" });
});
