import { text } from "node:stream/consumers";
import { commandSpec, runSpec } from "../../support/engine-specs";
import { worlds } from "../engine-worlds";
import { EngineStage } from "./stage";

jest.setTimeout(60_000);

describe.each(worlds)("engine contract, one-offs: %s", (_name, makeWorld) => {
  const stage = EngineStage.use(makeWorld);
  const { appId, entries, another } = stage;

  test("a one-off gives back its stdin and its exit code, and leaves nothing", async () => {
    const echo = await stage.parts.engine.run(runSpec(stage.world.image, appId, ["cat"]));
    echo.stdin?.end("hello\n");
    expect(await text(echo.stdout)).toBe("hello\n");
    echo.stderr?.resume();
    expect(await echo.exited).toBe(0);
    await echo.end();
    await echo.end();
    const seven = await stage.parts.engine.run(
      runSpec(stage.world.image, appId, ["sh", "-c", "exit 7"], { stdin: false }),
    );
    expect(seven.stdin).toBeNull();
    seven.stdout.resume();
    seven.stderr?.resume();
    expect(await seven.exited).toBe(7);
    await seven.end();
    await expect(
      stage.parts.engine.run(runSpec({ ...stage.world.image, id: "paas/none:1" }, appId, ["true"])),
    ).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("one-offs of a dead server are removed and are no instances", async () => {
    const before = await stage.parts.engine.list();
    const left = await stage.parts.engine.run(runSpec(stage.world.image, appId, ["sleep", "1000"]));
    left.stdout.resume();
    left.stderr?.resume();
    expect(await stage.parts.engine.list()).toEqual(before);
    await stage.parts.engine.removeRuns();
    expect(await left.exited).toBeGreaterThan(128);
    await left.end();
  });

  test("a command is created without running, runs once, and keeps its exit code and lines until it is stopped", async () => {
    const { engine } = stage.parts;
    const before = await engine.list();
    const spec = commandSpec(stage.world.image, appId, ["sh", "-c", "echo once; exit 4"]);
    const { releaseId } = spec;
    const mine = async () => (await engine.commands(appId)).filter((one) => one.releaseId === releaseId);
    await engine.createCommand(spec);
    await engine.createCommand(spec);
    expect(await mine()).toEqual([{ appId, releaseId, version: 7, state: "created", exitCode: null }]);
    await engine.startCommand(releaseId);
    expect((await entries(releaseId, null, true)).map(({ text }) => text)).toEqual(["once"]);
    const ended = [{ appId, releaseId, version: 7, state: "exited", exitCode: 4 }];
    expect(await mine()).toEqual(ended);
    await engine.startCommand(releaseId);
    await engine.createCommand(spec);
    await engine.removeRuns();
    expect(await mine()).toEqual(ended);
    expect(await entries(releaseId)).toHaveLength(1);
    expect(await engine.list()).toEqual(before);
    expect(await another().engine.commands()).toEqual([]);
    await engine.stop(releaseId, 0);
    expect(await mine()).toEqual([]);
    await engine.startCommand(releaseId);
    expect(await mine()).toEqual([]);
  });

  test("a detached one-off can be found, read and waited for, until it is stopped", async () => {
    const { engine } = stage.parts;
    const run = runSpec(stage.world.image, appId, ["sleep", "1000"], { stdin: false });
    await engine.runDetached(run);
    expect(await engine.runs(appId)).toEqual([{ id: run.id, appId, state: "running" }]);
    expect(await engine.runs("other")).toEqual([]);
    const aborted = new AbortController();
    const waiting = engine.runEnd(run.id, aborted.signal);
    aborted.abort();
    await expect(waiting).rejects.toThrow();
    const end = engine.runEnd(run.id, new AbortController().signal);
    await engine.end(run.id, 0);
    expect(await end).toBeGreaterThan(128);
    expect(await engine.runs(appId)).toMatchObject([{ id: run.id, state: "exited" }]);
    expect(await engine.runEnd(run.id, new AbortController().signal)).toBeGreaterThan(128);
    await engine.stop(run.id, 0);
    expect(await engine.runEnd(run.id, new AbortController().signal)).toBeNull();
    const broken = runSpec({ ...stage.world.image, id: "paas/none:1" }, appId, ["true"], { stdin: false });
    await expect(engine.runDetached(broken)).rejects.toMatchObject({ code: "not_found" });
    expect(await engine.runs(appId)).toEqual([]);
  });
});
