import type { ProbeWish } from "../../../server/engines/engine";
import { worlds } from "../engine-worlds";
import { EngineStage } from "./stage";

jest.setTimeout(60_000);

describe.each(worlds)("engine contract, probes: %s", (_name, makeWorld) => {
  const stage = EngineStage.use(makeWorld);
  const { spec, sees } = stage;

  test("a probe can ask for a path, a status, a content or only a connection", async () => {
    const { engine } = stage.parts;
    const web = spec();
    await engine.start(web);
    await sees(web.id, "listening");
    const ask = (port: number, wish: ProbeWish) => engine.probe(web.address, port, 5_000, wish);
    const http = {
      kind: "http",
      protocol: "http1",
      path: "/up",
      headers: { "X-Check": "1" },
      statuses: null,
      content: null,
    } as const;
    expect(await ask(5000, http)).toEqual({ ready: true, seen: "http 200" });
    expect(await ask(5000, { ...http, content: "ok" })).toEqual({ ready: true, seen: 'http 200 with "ok"' });
    expect(await ask(5000, { ...http, content: "no" })).toEqual({
      ready: false,
      seen: 'http 200 without "no"',
    });
    expect(await ask(5000, { ...http, statuses: [204] })).toEqual({ ready: false, seen: "http 200" });
    expect(await ask(5001, http)).toEqual({ ready: false, seen: "connection refused" });
    expect(await ask(5000, { kind: "tcp" })).toEqual({ ready: true, seen: "connected" });
    expect(await ask(5001, { kind: "tcp" })).toEqual({ ready: false, seen: "connection refused" });
  });

  test("a probe by HTTP/2 is not content with HTTP/1.1", async () => {
    const { engine } = stage.parts;
    const web = spec();
    await engine.start(web);
    await sees(web.id, "listening");
    const no = { ready: false, seen: "no HTTP/2 answer" };
    expect(await engine.probe(web.address, 5000, 5_000, { kind: "any", protocol: "h2c" })).toEqual(no);
    expect(await engine.probe(web.address, 5000, 5_000, { kind: "grpc", service: "" })).toEqual(no);
  });

  test("a command inside tells its exit code and what it said, and none when it hangs or nothing runs", async () => {
    const { engine } = stage.parts;
    const web = spec();
    expect(await engine.exec(web.id, ["true"], 5_000)).toMatchObject({ exitCode: null });
    await engine.start(web);
    const exec = (...argv: string[]) => engine.exec(web.id, argv, 5_000);
    expect(await exec("true")).toEqual({ exitCode: 0, output: "" });
    expect(await exec("sh", "-c", "echo here; exit 3")).toEqual({ exitCode: 3, output: "here" });
    expect((await exec("no-such-program")).exitCode).toBeGreaterThan(0);
    expect(await engine.exec(web.id, ["sleep", "1000"], 200)).toEqual({
      exitCode: null,
      output: "not done within 0.2 s",
    });
    await engine.end(web.id, 0);
    expect(await engine.exec(web.id, ["true"], 5_000)).toMatchObject({ exitCode: null });
  });
});
