import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "../../core/id";
import type { Image } from "../../core/image";
import { placeName } from "../../core/instance";
import { instanceAddresses } from "../../server/engines/docker/subnet-addresses";
import { openDockerEngine } from "../../server/engines/open";
import { AppLogs } from "../../server/logs/app-logs";
import { LogCollector } from "../../server/logs/collector";
import { baseImage } from "../support/base-image";
import { instanceSpec } from "../support/engine-specs";

jest.setTimeout(120_000);

const appId = newId();
const parts = openDockerEngine(
  process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock",
  newId(8),
  "10.214.240.0/20",
);
const ids: string[] = [];
let root: string;
let image: Image;
let addresses: string[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "paas-logs-"));
  image = { id: await baseImage(), ref: await baseImage(), madeBy: "buildpack", port: 5000 };
  addresses = instanceAddresses((await parts.networks.ensure(appId)).subnet);
});

afterAll(async () => {
  await Promise.all(ids.map((id) => parts.engine.stop(id, 0)));
  await parts.networks.remove(appId);
  await rm(root, { recursive: true, force: true });
});

/** Starts a program as `web.<n>` and returns what the collector wants to know of it. */
async function start(command: string) {
  const spec = instanceSpec(image, appId, addresses[ids.length] ?? "", { command, slot: ids.length + 1 });
  ids.push(spec.id);
  await parts.engine.start(spec);
  return { appId, instanceId: spec.id, place: placeName(spec) };
}

function openLogs() {
  const logs = new AppLogs(root);
  const failures: unknown[] = [];
  return {
    logs,
    failures,
    collector: new LogCollector(parts.engine, logs, (_, error) => failures.push(error)),
  };
}

const textsOf = async (logs: AppLogs, instance: string): Promise<string[]> =>
  (await logs.read(appId, { lines: 1e6, filter: { instance } })).map((line) => line.replace(/^\S+ \S+ /, ""));

/** Tails until a line satisfies the condition. */
async function seen(logs: AppLogs, instance: string, text: string): Promise<void> {
  const options = { lines: 1e6, filter: { instance }, signal: AbortSignal.timeout(100_000) };
  for await (const line of logs.tail(appId, options)) if (line.endsWith(`: ${text}`)) return;
  throw new Error(`${instance} never said ${text}`);
}

it("keeps both streams of a container after it is gone, made safe", async () => {
  const { logs, collector } = openLogs();
  const web = await start(
    String.raw`printf 'out \033[31mred\033[0m \033[2Jtab\t\377.\n'; echo error >&2; printf 'no newline'; exit 3`,
  );
  collector.collect(web);
  expect(await collector.drained(web.instanceId, 60_000)).toBe(true);
  await parts.engine.stop(web.instanceId, 0);
  await collector.forget(web.instanceId);
  expect((await textsOf(logs, web.place)).sort()).toEqual(
    ["error", "no newline", "out \u001b[31mred\u001b[0m tab\t\ufffd."].sort(),
  );
  const [line] = await logs.read(appId, { lines: 1, filter: { instance: web.place } });
  expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z app\[web\.1\]: /);
  expect([...(await logs.positions(appId)).keys()]).toEqual([]);
});

it("goes on where it stopped when the server is replaced, again and again", async () => {
  const count = 60_000;
  const web = await start(
    `i=0; while [ $i -lt ${count} ]; do echo line $i; i=$((i+1)); done; sleep 0.1; echo end`,
  );
  for (const upTo of [100, 20_000, 40_000]) {
    const { logs, collector, failures } = openLogs();
    await collector.resume([web]);
    await seen(logs, web.place, `line ${upTo}`);
    await collector.close();
    expect(failures).toEqual([]);
  }
  const { logs, collector } = openLogs();
  await collector.resume([web]);
  expect(await collector.drained(web.instanceId, 100_000)).toBe(true);
  const expected = [...Array.from({ length: count }, (_, index) => `line ${index}`), "end"];
  const found = await textsOf(logs, web.place);
  expect(found).toHaveLength(expected.length);
  expect(found).toEqual(expected);
});

it("shows a quiet app's line while another one floods", async () => {
  const { logs, collector } = openLogs();
  const chatty = await start(
    "while :; do echo 0123456789012345678901234567890123456789012345678901234567890123456789; done",
  );
  collector.collect(chatty);
  const quiet = await start("echo hello; sleep 1000");
  collector.collect(quiet);
  await seen(logs, quiet.place, "hello");
  await Promise.all([chatty, quiet].map(({ instanceId }) => parts.engine.stop(instanceId, 0)));
  await Promise.all([chatty, quiet].map(({ instanceId }) => collector.forget(instanceId)));
});
