import { instanceAddresses } from "../../../server/engines/docker/subnet-addresses";
import type { EngineEvent } from "../../../server/engines/engine";
import { instanceSpec } from "../../support/engine-specs";
import { brief } from "../../support/programs";
import { worlds } from "../engine-worlds";
import { EngineStage } from "./stage";

jest.setTimeout(60_000);

describe.each(worlds)("engine contract, platforms on one engine: %s", (_name, makeWorld) => {
  const stage = EngineStage.use(makeWorld);
  const { appId, spec, find, sees, another } = stage;

  test("events tell starts and ends of this platform's instances until aborted", async () => {
    const abort = new AbortController();
    const seen: EngineEvent[] = [];
    const [ours, neighbour] = [spec({ command: brief }), another()];
    const watch = (async () => {
      for await (const event of stage.parts.engine.events(abort.signal)) {
        seen.push(event);
        if (event.instanceId === ours.id && event.what === "die") abort.abort();
      }
    })();
    const { subnet } = await neighbour.networks.ensure("other");
    const theirs = instanceSpec(stage.world.image, "other", instanceAddresses(subnet)[0] ?? "", {
      command: brief,
    });
    await neighbour.engine.start(theirs);
    await stage.parts.engine.start(ours);
    await watch;
    const { id: instanceId } = ours;
    expect(seen).toEqual([
      { appId, instanceId, what: "start" },
      { appId, instanceId, what: "die" },
    ]);
  });

  test("two platforms on one engine do not see or touch each other", async () => {
    const other = another();
    const web = spec();
    await stage.parts.engine.start(web);
    await sees(web.id, "listening");
    expect(await other.engine.list()).toEqual([]);
    expect(await other.engine.listeners(web.id)).toEqual([]);
    await other.engine.stop(web.id, 0);
    await other.engine.removeRuns();
    await other.networks.remove(appId);
    for await (const _ of other.engine.logs(web.id, {
      since: null,
      follow: false,
      signal: new AbortController().signal,
    }))
      throw new Error("another platform's lines");
    expect(await find(web.id)).toMatchObject({ state: "running" });
  });

  test("it says its version", async () => {
    expect(await stage.parts.engine.version()).toEqual({
      version: expect.any(String),
      apiVersion: expect.any(String),
    });
  });

  test("it tells about itself: versions, where it keeps things, what a restart of it costs", async () => {
    const version = await stage.parts.engine.version();
    expect(version).toEqual({ version: expect.any(String), apiVersion: expect.any(String) });
    expect(await stage.parts.engine.info()).toEqual({
      ...version,
      liveRestore: expect.any(Boolean),
      dataDir: expect.stringMatching(/^\//),
    });
  });
});
