import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Docker from "dockerode";
import { DockerBuildCache } from "../../../server/engines/docker-build-cache";

/** What the engine says while it does the same for somebody else. */
let refusals: string[];
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
    response.end(JSON.stringify(refusal === undefined ? answer : { message: refusal }));
  });
  await once(engine.listen(0, "127.0.0.1"), "listening");
  const { port } = engine.address() as AddressInfo;
  cache = new DockerBuildCache(new Docker({ host: "127.0.0.1", port, protocol: "http" }));
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
