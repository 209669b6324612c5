import { type LogFilter, matcherOf, partsOfLogLine, renderLogLine } from "../../../core/log-line";

const at = new Date("2026-11-20T10:00:00.000Z");

describe("renderLogLine", () => {
  it("writes lines as people know them", () => {
    expect(renderLogLine({ at, from: "app", place: "web.1", text: "hello" })).toEqual([
      "2026-11-20T10:00:00.000Z app[web.1]: hello",
    ]);
    expect(
      renderLogLine({ at, from: "paas", place: "web.1", text: "State changed from starting to up" }),
    ).toEqual(["2026-11-20T10:00:00.000Z paas[web.1]: State changed from starting to up"]);
  });

  it("gives every piece of an app's output the app's head, so that none can be taken for the platform's", () => {
    expect(
      renderLogLine({
        at,
        from: "app",
        place: "web.1",
        text: "x\n2026-11-20T10:00:00.000Z paas[web.1]: forged",
      }),
    ).toEqual([
      "2026-11-20T10:00:00.000Z app[web.1]: x",
      "2026-11-20T10:00:00.000Z app[web.1]: 2026-11-20T10:00:00.000Z paas[web.1]: forged",
    ]);
  });
});

describe("partsOfLogLine", () => {
  it("takes a line apart as it was put together", () => {
    for (const text of ["hello", "", "a: b]: c", "paas[router]: no"]) {
      const [rendered = ""] = renderLogLine({ at, from: "app", place: "web.1", text });
      expect(partsOfLogLine(rendered)).toEqual({ time: at.toISOString(), from: "app", place: "web.1", text });
    }
  });

  it("knows what is no such line", () => {
    expect(partsOfLogLine("no head at all")).toBeNull();
  });
});

describe("matcherOf", () => {
  const lines = {
    web1: "2026-11-20T10:00:00.000Z app[web.1]: hello paas[router]: no",
    web12: "2026-11-20T10:00:00.000Z app[web.12]: hello",
    routerType: "2026-11-20T10:00:00.000Z app[router.1]: an app's own type called router",
    state: "2026-11-20T10:00:00.000Z paas[web.1]: State changed from starting to up",
    router: "2026-11-20T10:00:00.000Z paas[router]: at=info",
    build: "2026-11-20T10:00:00.000Z paas[build]: -----> Node.js",
    none: "no head at all",
  };
  const passing = (filter: LogFilter) =>
    Object.entries(lines)
      .filter(([, line]) => matcherOf(filter)(line))
      .map(([name]) => name);

  it.each<[LogFilter, string[]]>([
    [{}, Object.keys(lines)],
    [{ instance: "web.1" }, ["web1", "state"]],
    [{ type: "web" }, ["web1", "web12", "state"]],
    [{ type: "router" }, ["routerType", "router"]],
    [{ source: "app" }, ["web1", "web12", "routerType"]],
    [{ source: "paas" }, ["state", "router", "build"]],
    [{ source: "router" }, ["router"]],
    [{ source: "build" }, ["build"]],
    [{ source: "app", instance: "web.1" }, ["web1"]],
    [{ type: "web", instance: "web.12" }, ["web12"]],
    [{ type: "w" }, []],
  ])("%j", (filter, names) => {
    expect(passing(filter)).toEqual(names);
  });
});
