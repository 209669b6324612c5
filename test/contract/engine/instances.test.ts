import type { DiskUse } from "../../../server/engines/engine";
import { brief, greedy, hoarding, stubborn } from "../../support/programs";
import { worlds } from "../engine-worlds";
import { EngineStage } from "./stage";

jest.setTimeout(60_000);

describe.each(worlds)("engine contract, instances: %s", (_name, makeWorld) => {
  const stage = EngineStage.use(makeWorld);
  const { appId, spec, find, entries, sees } = stage;

  test("a started instance is listed with all that its labels tell, and answers its probe", async () => {
    const { engine } = stage.parts;
    const web = spec({ slot: 2, version: 7, generation: 3 });
    await engine.start(web);
    await sees(web.id, "listening");
    expect(await find(web.id)).toEqual({
      id: web.id,
      appId,
      type: "web",
      slot: 2,
      releaseId: "release1",
      version: 7,
      generation: 3,
      specHash: "hash1",
      address: web.address,
      port: 5000,
      state: "running",
      startedAt: expect.any(Date),
      exitCode: null,
      oom: null,
      finishedAt: null,
      lost: false,
    });
    expect(await engine.probe(web.address, 5000, 5_000)).toEqual({ ready: true, seen: "http 200" });
    expect(await engine.probe(web.address, 5001, 5_000)).toEqual({
      ready: false,
      seen: "connection refused",
    });
    expect(await engine.listeners(web.id)).toEqual(["0.0.0.0:5000"]);
  });

  test("what the kernel killed for its memory tells its limit and its peak", async () => {
    const web = spec({ command: greedy, limits: { memoryMb: 32, cpus: 0, pids: 64 } });
    await stage.parts.engine.start(web);
    await entries(web.id, null, true);
    expect(await find(web.id)).toMatchObject({
      state: "exited",
      exitCode: 137,
      oom: { peakMb: 32, limitMb: 32 },
    });
  });

  test("what a container keeps on disk is told, with whose limits it has", async () => {
    const { engine } = stage.parts;
    const web = spec({ command: hoarding });
    await engine.start(web);
    for await (const { text } of engine.logs(web.id, {
      since: null,
      follow: true,
      signal: new AbortController().signal,
    }))
      if (text === "written") break;
    const uses: DiskUse[] = [];
    for await (const use of engine.diskUse()) uses.push(use);
    const own = uses.find(({ id }) => id === web.id);
    expect(own).toMatchObject({ appId, kind: "instance", type: "web" });
    expect(own?.bytes).toBeGreaterThanOrEqual(8 * 1024 * 1024);
    await engine.end(web.id, 0);
    for await (const { id } of engine.diskUse()) expect(id).not.toBe(web.id);
  });

  test("starting what is already there is success for the same spec only", async () => {
    const { engine } = stage.parts;
    const web = spec();
    await engine.start(web);
    await engine.start(web);
    expect((await engine.list(appId)).filter(({ id }) => id === web.id)).toHaveLength(1);
    await expect(engine.start({ ...web, specHash: "other" })).rejects.toMatchObject({ code: "conflict" });
  });

  test("an instance that ended tells its exit code, and is not started again", async () => {
    const { engine } = stage.parts;
    const web = spec({ command: brief });
    await engine.start(web);
    await entries(web.id, null, true);
    const ended = await find(web.id);
    expect(ended).toMatchObject({ state: "exited", exitCode: 3, finishedAt: expect.any(Date), lost: false });
    await engine.start(web);
    expect(await find(web.id)).toEqual(ended);
  });

  test("end leaves the instance with its lines, stop removes it, both know when it is gone", async () => {
    const { engine } = stage.parts;
    const web = spec();
    await engine.start(web);
    await sees(web.id, "listening");
    await engine.end(web.id, 5_000);
    expect(await find(web.id)).toMatchObject({ state: "exited", exitCode: 143 });
    expect(await entries(web.id)).toHaveLength(1);
    await engine.end(web.id, 5_000);
    await engine.stop(web.id, 5_000);
    expect(await find(web.id)).toBeUndefined();
    await engine.stop(web.id, 5_000);
    await engine.end(web.id, 5_000);
    expect(await entries(web.id)).toEqual([]);
    expect(await engine.listeners(web.id)).toEqual([]);
  });

  test("what ignores SIGTERM is killed after the grace", async () => {
    const web = spec({ command: stubborn });
    await stage.parts.engine.start(web);
    await sees(web.id, "ready");
    await stage.parts.engine.end(web.id, 1_000);
    expect(await find(web.id)).toMatchObject({ state: "exited", exitCode: 137 });
  });

  test("a missing image is not found, an address in use a conflict", async () => {
    const { engine } = stage.parts;
    const web = spec();
    const gone = { ...stage.world.image, id: `sha256:${"0".repeat(64)}` };
    await expect(engine.start(spec({ image: gone }))).rejects.toMatchObject({ code: "not_found" });
    await engine.start(web);
    const second = spec({ address: web.address });
    await expect(engine.start(second)).rejects.toMatchObject({ code: "conflict" });
    expect(await find(second.id)).toMatchObject({ state: "created" });
    await engine.stop(web.id, 0);
    await engine.start(second);
    expect(await find(second.id)).toMatchObject({ state: "running" });
  });
});
