import type { LogEntry } from "../../../server/engines/engine";
import { brief } from "../../support/programs";
import { worlds } from "../engine-worlds";
import { EngineStage } from "./stage";

jest.setTimeout(60_000);

describe.each(worlds)("engine contract, logs: %s", (_name, makeWorld) => {
  const stage = EngineStage.use(makeWorld);
  const { spec, entries, sees } = stage;

  test("logs are in order, split by stream, resumed after a cursor, and end with their container", async () => {
    const web = spec({ command: brief });
    await stage.parts.engine.start(web);
    const all = await entries(web.id, null, true);
    const texts = (stream: string) =>
      all.filter((entry) => entry.stream === stream).map((entry) => entry.text);
    expect([texts("stdout"), texts("stderr")]).toEqual([["one", "two"], ["oops"]]);
    expect(await entries(web.id, all[0]?.cursor)).toEqual(all.slice(1));
    expect(await entries(web.id, all.at(-1)?.cursor)).toEqual([]);
    expect(await entries("nobodyknowsme", null, true)).toEqual([]);
    const { signal } = new AbortController();
    const tail: LogEntry[] = [];
    for await (const entry of stage.parts.engine.logs(web.id, {
      since: null,
      follow: false,
      signal,
      tail: 2,
    }))
      tail.push(entry);
    expect(tail).toHaveLength(2);
  });

  test("following ends when it is aborted and when the container is removed", async () => {
    const { engine } = stage.parts;
    const web = spec();
    await engine.start(web);
    const abort = new AbortController();
    for await (const _ of engine.logs(web.id, { since: null, follow: true, signal: abort.signal }))
      abort.abort();
    const rest = entries(web.id, null, true);
    await sees(web.id, "listening");
    await engine.stop(web.id, 0);
    expect(await rest).toHaveLength(1);
  });
});
