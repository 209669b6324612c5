import { access } from "node:fs/promises";
import { newId } from "../../core/id";
import { instanceAddresses } from "../../server/engines/docker/subnet-addresses";
import { openDockerEngine } from "../../server/engines/open";
import { baseImage } from "../support/base-image";
import { command } from "../support/commands";
import { instanceSpec } from "../support/engine-specs";
import { OwnEngine } from "../support/own-engine";
import { cgroupsOf, mountsOf, processesOf } from "../support/own-engine-remove";
import { serve } from "../support/programs";

jest.setTimeout(120_000);

let own: OwnEngine;
let ref: string;
beforeAll(async () => {
  ref = await baseImage();
  own = await OwnEngine.open({ diskMb: 1024, flags: ["--live-restore"] });
  await own.copyImage(ref);
});
afterAll(() => own?.close());

test("an engine that is killed answers `unavailable`, ends its followers, and adopts its containers when it is back", async () => {
  const { engine, networks } = openDockerEngine(own.dockerHost, `test${newId(8)}`, own.pool);
  const { subnet } = await networks.ensure("app");
  const image = { id: ref, ref, madeBy: "buildpack", port: 5000 } as const;
  const web = instanceSpec(image, "app", instanceAddresses(subnet)[0] ?? "", { command: serve() });
  const { signal } = new AbortController();
  const events = engine.events(signal)[Symbol.asyncIterator]();
  const first = events.next();
  await engine.start(web);
  for await (const { text } of engine.logs(web.id, { since: null, follow: true, signal }))
    if (text === "listening") break;
  expect(await engine.probe(web.address, 5000, 5_000)).toMatchObject({ ready: true });
  expect((await first).value).toMatchObject({ instanceId: web.id, what: "start" });

  const end = events.next();
  await own.kill("SIGKILL");
  expect(await end).toEqual({ done: true, value: undefined });
  await expect(engine.list()).rejects.toMatchObject({ code: "unavailable" });
  await expect(engine.start(web)).rejects.toMatchObject({ code: "unavailable" });
  expect(await engine.probe(web.address, 5000, 5_000)).toMatchObject({ ready: true });

  await own.start();
  expect(await engine.list()).toMatchObject([{ id: web.id, state: "running" }]);
  expect(await engine.probe(web.address, 5000, 5_000)).toMatchObject({ ready: true });
});

test("closed while a container runs, it leaves nothing on the machine", async () => {
  const { names } = own;
  expect((await processesOf(names)).length).toBeGreaterThan(2);
  expect(await mountsOf(names)).not.toEqual([]);
  await own.kill("SIGKILL");
  await own.close();
  expect([await processesOf(names), await mountsOf(names), await cgroupsOf(names)]).toEqual([[], [], []]);
  const listings = await Promise.all([
    command("losetup", "--list", "--noheadings", "--output", "BACK-FILE"),
    command("ip", "netns", "list"),
    command("ip", "-o", "link"),
    command("ip", "rule"),
  ]);
  expect(
    listings.filter((text) =>
      [names.dir, names.namespace, names.hostEnd, names.pool].some((name) => text.includes(`${name} `)),
    ),
  ).toEqual([]);
  await expect(access(names.dir)).rejects.toMatchObject({ code: "ENOENT" });
  await own.close();
});
