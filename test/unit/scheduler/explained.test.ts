import type { ProbeResult, ProbeWish } from "../../../server/engines/engine";
import { explained } from "../../../server/scheduler/executors/abandon";
import type { Photographs } from "../../../server/scheduler/observe";
import type { World } from "../../../server/scheduler/world";

/** Why a web instance that runs, and should listen on port 5000, is given up. */
function why(listeners: string[], answer: ProbeResult, protocol: Photographs["protocol"] = "http1") {
  const asked: (ProbeWish | undefined)[] = [];
  const engine: Pick<World["engine"], "listeners" | "probe"> = {
    listeners: async () => listeners,
    probe: async (_address, _port, _timeoutMs, wish) => {
      asked.push(wish);
      return answer;
    },
  };
  const container = { id: "i1", state: "running", type: "web", address: "10.0.0.2", port: 5000 };
  const seen = { containers: [container], rows: new Map(), protocol };
  const told = explained({ engine } as World, seen as unknown as Photographs, "i1", "web.1 was not ready");
  return told.then((text) => ({ text, asked }));
}

const refused = { ready: false, seen: "connection refused" };

test("one that listens on no port, or elsewhere, is told where it should", async () => {
  const port = "(the port is in the environment variable PORT).";
  expect((await why([], refused)).text).toBe(`web.1 was not ready: it listens on no port ${port}`);
  for (const place of ["127.0.0.1:5000", "[::1]:5000", "0.0.0.0:3000"])
    expect((await why([place], refused)).text).toBe(
      `web.1 was not ready: it listens on ${place}, but should on 0.0.0.0:5000 ${port}`,
    );
});

test("one that listens where it should is told what it answered, by what its app is spoken to", async () => {
  const seen = "an answer in HTTP/2, which needs paas http:set protocol=h2c";
  const { text } = await why(["[::]:5000"], { ready: false, seen });
  expect(text).toBe(`web.1 was not ready: it listens on [::]:5000, but GET / got ${seen}.`);
  const { asked } = await why(["0.0.0.0:5000"], { ready: false, seen: "no HTTP/2 answer" }, "h2c");
  expect(asked).toEqual([{ kind: "any", protocol: "h2c" }]);
});
