import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";
import { Switches } from "../../../router/switches";
import { Rig } from "../../support/router-rig/rig";
import { closedPort, target } from "../../support/router-rig/target";

const of = (release: number, id = `i${release}`) => ({ targets: [{ ...target(id, 1), release }] });
const request = { appId: "a1", ms: 7, failed: false, stream: false, drained: false };

describe("what a switch cost", () => {
  test("is counted from the switch to a release on, and told of those that switched lately or drain", () => {
    const clock = { ms: 0 };
    const switches = new Switches(() => clock.ms);
    switches.take({ a1: of(1), a2: of(1) });
    switches.count(request);
    expect(switches.report(new Set())).toEqual({});
    // What it found at its start it has not counted whole, not even while it drains.
    expect(switches.report(new Set(["a1"]))).toEqual({});
    switches.take({ a1: of(2), a2: of(1) });
    switches.count({ ...request, ms: 20.4, failed: true });
    switches.count(request);
    switches.count({ ...request, stream: true, drained: true, ms: 1e6 });
    switches.count({ ...request, stream: true });
    switches.count({ ...request, appId: "other" });
    const counted = { a1: { release: 2, requests: 2, failed: 1, slowestMs: 20, streams: 1 } };
    expect(switches.report(new Set())).toEqual(counted);
    clock.ms = 60_000;
    expect(switches.report(new Set(["a1"]))).toEqual(counted);
    clock.ms = 119_000;
    expect(switches.report(new Set())).toEqual(counted);
    clock.ms = 120_000;
    expect(switches.report(new Set())).toEqual({});
  });

  test("goes on over changes of the table that are no switch", () => {
    const switches = new Switches(() => 0);
    switches.take({});
    switches.take({ a1: of(1) });
    switches.count(request);
    switches.take({ a1: of(1, "another") });
    switches.take({ a1: { targets: [] } });
    expect(switches.report(new Set()).a1).toMatchObject({ release: 1, requests: 1 });
    switches.take({ a1: null });
    expect(switches.report(new Set())).toEqual({});
  });
});

describe("a router", () => {
  let router: Rig;
  beforeEach(async () => {
    router = await new Rig().listen();
  });
  afterEach(() => router.close());

  test("knows all of a drain when it reports its end", async () => {
    const port = await router.app(
      (_, response) => response.end("ok"),
      (server) => void new WebSocketServer({ server }),
    );
    router.route([{ ...target("i1", port), release: 1 }]);
    const client = new WebSocket(`ws://127.0.0.1:${router.port}/`, { headers: { Host: "shop.localhost" } });
    await once(client, "open");
    router.route([{ ...target("i2", port), release: 2 }], "serve", { streamsMs: 3_600_000 });
    await router.get();
    await router.line((line) => line.includes("status=200"));
    router.route([{ ...target("i2", port), release: 2 }], "serve", { streamsMs: 0 });
    await once(client, "close");
    await router.line((line) => line.includes("status=101"));
    expect(router.counts.at(-1)).toMatchObject({ release: 2, requests: 1, failed: 0, streams: 1 });
  });

  test("counts as failed what did not reach the app, not what the app answers", async () => {
    router.route([], "none");
    const port = await router.app((_, response) => {
      response.statusCode = 500;
      response.end();
    });
    router.route([{ ...target("i1", port), release: 1 }]);
    await router.get();
    router.route([{ ...target("i2", await closedPort()), release: 1 }]);
    await router.get();
    await router.line((line) => line.includes("code=H21"));
    expect(router.switches.report(new Set()).a1).toMatchObject({ requests: 2, failed: 1 });
  });
});
