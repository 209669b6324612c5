import { newId } from "../../core/id";
import type { EngineInstance } from "../../core/instance";
import { instanceAddresses } from "../../server/engines/docker/subnet-addresses";
import type { Engine } from "../../server/engines/engine";
import { openDockerEngine } from "../../server/engines/open";
import { baseImage } from "../support/base-image";
import { instanceSpec } from "../support/engine-specs";
import { OwnEngine } from "../support/own-engine";
import { brief, serve } from "../support/programs";

jest.setTimeout(120_000);

/** Takes 2 s to end. */
const slowToEnd = `perl -e '$| = 1; $SIG{TERM} = sub { sleep 2; exit 0 }; print "ready\\n"; sleep 1 while 1'`;

const { signal } = new AbortController();
let own: OwnEngine;
let engine: Engine;
/** Starts a program and resolves with its instance's id when it has said something. */
let start: (command: string) => Promise<string>;
beforeAll(async () => {
  const ref = await baseImage();
  own = await OwnEngine.open({ diskMb: 1024 });
  await own.copyImage(ref);
  const parts = openDockerEngine(own.dockerHost, `test${newId(8)}`, own.pool);
  const addresses = instanceAddresses((await parts.networks.ensure("app")).subnet).values();
  engine = parts.engine;
  start = async (command) => {
    const image = { id: ref, ref, madeBy: "buildpack", port: 5000 } as const;
    const spec = instanceSpec(image, "app", addresses.next().value ?? "", { command });
    await engine.start(spec);
    for await (const _ of engine.logs(spec.id, { since: null, follow: true, signal })) break;
    return spec.id;
  };
});
afterAll(() => own?.close());

const find = async (id: string): Promise<EngineInstance | undefined> =>
  (await engine.list()).find((one) => one.id === id);

test("what ended by itself is not lost", async () => {
  const id = await start(brief);
  for await (const _ of engine.logs(id, { since: null, follow: true, signal }));
  expect(await find(id)).toMatchObject({ state: "exited", exitCode: 3, lost: false });
});

test("what its engine ended on its own way out is lost, and at no time seen as ended by itself", async () => {
  const events = engine.events(signal)[Symbol.asyncIterator]();
  const begun = events.next();
  const slow = await start(slowToEnd);
  await begun;
  const quick = await start(serve());
  expect((await events.next()).value).toMatchObject({ instanceId: quick, what: "start" });
  const died = events.next();
  const exit = own.kill("SIGTERM");
  // It answers on connections that it has while it ends what runs.
  expect((await died).value).toMatchObject({ instanceId: quick, what: "die" });
  const last = await find(quick).catch(() => undefined);
  if (last) expect(last).toMatchObject({ state: "running" });
  await exit;
  await own.start();
  for (const id of [quick, slow]) expect(await find(id)).toMatchObject({ state: "exited", lost: true });
});

test("what ran when its engine was killed is lost", async () => {
  const id = await start(serve());
  await own.kill("SIGKILL");
  await own.start();
  expect(await find(id)).toMatchObject({ state: "exited", lost: true });
});
