import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DockerBuildCache } from "../../../server/engines/docker/build-cache";
import { connectDocker } from "../../../server/engines/docker/connection";

/** What the engine says while it does the same for somebody else. */
let refusals: string[];
const slowMs = 100;
const asked: string[] = [];
let engine: Server;
let cache: DockerBuildCache;

beforeAll(async () => {
  engine = createServer(({ url = "" }, response) => {
    asked.push(url.split("?")[0] ?? "");
    const refusal = refusals.shift();
    response.statusCode = refusal === undefined ? 200 : 500;
    const answer = { BuildCache: [{ Size: 7, Shared: false, InUse: false }], SpaceReclaimed: 5 };
    response.setHeader("Content-Type", "application/json");
    const text = JSON.stringify(refusal === undefined ? answer : { message: refusal });
    setTimeout(() => response.end(text), slowMs);
  });
  await once(engine.listen(0, "127.0.0.1"), "listening");
  const { port } = engine.address() as AddressInfo;
  // Less than the engine takes: a large cache takes longer than any other question or change.
  const patience = { answerMs: slowMs / 10, changeMs: slowMs / 10, pulseMs: 1_000 };
  cache = new DockerBuildCache(connectDocker(`tcp://127.0.0.1:${port}`, patience));
});
afterAll(() => {
  engine.closeAllConnections();
  engine.close();
});
beforeEach(() => asked.splice(0));

test("an engine that is measured or pruned by somebody else is asked again", async () => {
  refusals = ["a disk usage operation is already running"];
  expect(await cache.bytes()).toBe(7);
  expect(asked).toEqual(["/system/df", "/system/df"]);
  refusals = ["a prune operation is already running", "a prune operation is already running"];
  expect(await cache.prune(0)).toBe(5);
});

test("what it refuses for another reason is told at once", async () => {
  refusals = ["no space left on device"];
  await expect(cache.bytes()).rejects.toThrow("no space left on device");
  refusals = ["no space left on device"];
  await expect(cache.prune(0)).rejects.toThrow("no space left on device");
  expect(asked).toHaveLength(2);
});
