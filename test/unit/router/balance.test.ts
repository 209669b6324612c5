import type { HttpPolicy } from "../../../core/http-policy";
import type { AppRoute } from "../../../core/route";
import { OwnSeats } from "../../../router/seats/own-seats";
import { SeatDesk } from "../../../router/seats/seat-desk";
import { Rig } from "../../support/router-rig/rig";
import { target } from "../../support/router-rig/target";

let router: Rig;
const rig = async (...options: ConstructorParameters<typeof Rig>) => {
  router = await new Rig(...options).listen();
};
afterEach(() => router.close());

/** Takes a table in which the app has these instances, by port. */
function route(ports: number[], http: HttpPolicy = {}, mode: AppRoute["mode"] = "serve"): void {
  const targets = ports.map((port, index) => target(`i${index + 1}-${port}`, port));
  router.hosts({
    version: 0,
    hosts: { "shop.localhost": "a1" },
    apps: { a1: { name: "shop", mode, targets, http } },
  });
}

/** An app whose answers wait to be released; tells how many it has under way, and had at most. */
async function heldApp() {
  const held: (() => void)[] = [];
  let most = 0;
  const waiting: (() => void)[] = [];
  const port = await router.app((request, response) => {
    held.push(() => response.end(`ok ${request.url}`));
    most = Math.max(most, held.length);
    for (const tell of waiting.splice(0)) tell();
  });
  const release = () => held.shift()?.();
  /** Resolves when so many wait for their answer. */
  const has = async (count: number) => {
    while (held.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { port, release, has, most: () => most };
}

const statusOf = (answer: string) => answer.slice(9, 12);

describe("an instance with as many requests as it may have", () => {
  test("gets the next one when it has answered, in the order in which they came", async () => {
    await rig();
    const app = await heldApp();
    route([app.port], { instanceRequests: 1 });
    const first = router.get("/1");
    await app.has(1);
    const others = [router.get("/2"), router.get("/3")];
    for (const answer of [first, ...others]) {
      await app.has(1);
      app.release();
      await Promise.race([answer, ...others]);
    }
    expect((await Promise.all([first, ...others])).map((text) => text.slice(-4)).sort()).toEqual([
      "k /1",
      "k /2",
      "k /3",
    ]);
    expect(app.most()).toBe(1);
  });

  test("answers nobody beyond the line: H11 at once when that is full", async () => {
    await rig();
    const app = await heldApp();
    route([app.port], { instanceRequests: 1, queue: 1 });
    const first = router.get("/1");
    await app.has(1);
    const [second, third] = [router.get("/2"), router.get("/3")];
    const refused = await Promise.race([second, third]);
    expect(refused).toMatch(/^HTTP\/1\.1 503[\s\S]*Retry-After: 2[\s\S]*Too busy \(H11\)/);
    expect(await router.line((line) => line.includes("code=H11"))).toContain('desc="Backlog too deep"');
    app.release();
    await first;
    await app.has(1);
    app.release();
    expect((await Promise.all([second, third])).map(statusOf).sort()).toEqual(["200", "503"]);
  });

  test("answers H11 to those who have waited for too long", async () => {
    await rig();
    const app = await heldApp();
    route([app.port], { instanceRequests: 1, queueMs: 30 });
    const first = router.get("/1");
    await app.has(1);
    expect(await router.get("/2")).toContain("(H11)");
    app.release();
    expect(statusOf(await first)).toBe("200");
  });

  test("does not keep the place of a client that has left", async () => {
    await rig();
    const app = await heldApp();
    route([app.port], { instanceRequests: 1, queue: 1 });
    const first = router.get("/1");
    await app.has(1);
    const leaving = await router.client("GET /2 HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
    leaving.socket.destroy();
    await router.line((line) => line.includes('path="/2"') && line.includes("code=H27"));
    const third = router.get("/3");
    app.release();
    await first;
    await app.has(1);
    app.release();
    expect(await third).toMatch(/ok \/3$/);
  });

  test("is relieved by another that comes with a new table", async () => {
    await rig();
    const [full, fresh] = [await heldApp(), await heldApp()];
    route([full.port], { instanceRequests: 1 });
    const first = router.get("/1");
    await full.has(1);
    const second = router.get("/2");
    route([full.port, fresh.port], { instanceRequests: 1 });
    await fresh.has(1);
    fresh.release();
    full.release();
    expect([await first, await second].map(statusOf)).toEqual(["200", "200"]);
  });

  test("lets nobody wait for an app that is taken away: they hear it at once", async () => {
    await rig();
    const app = await heldApp();
    route([app.port], { instanceRequests: 1 });
    const first = router.get("/1");
    await app.has(1);
    const second = router.get("/2");
    route([], {}, "none");
    expect(await second).toContain("(H14)");
    app.release();
    expect(statusOf(await first)).toBe("200");
  });

  test("has its number kept with other workers together, who are served in the order in which they asked", async () => {
    const desk = new SeatDesk(() => 0);
    await rig({ seats: new OwnSeats(desk) });
    const app = await heldApp();
    route([app.port], { instanceRequests: 1, queue: 2 });
    const other = {};
    const wish = { appId: "a1", most: 1, queue: 2, first: [`i1-${app.port}`], others: [] };
    const told: (string | null)[] = [];
    const first = router.get("/1");
    await app.has(1);
    desk.ask(other, wish, (instanceId) => told.push(instanceId));
    const later = [router.get("/2"), router.get("/3")];
    expect(await Promise.race(later)).toContain("(H11)");
    app.release();
    await first;
    expect(told).toEqual(wish.first);
    desk.gone(other);
    await app.has(1);
    app.release();
    expect((await Promise.all(later)).map(statusOf).sort()).toEqual(["200", "503"]);
    expect(app.most()).toBe(1);
  });

  test("is asked again by a request whose connection broke, which does not wait for itself", async () => {
    await rig();
    let asked = 0;
    const port = await router.app((request, response) => {
      asked += 1;
      // The second request over the connection finds it gone.
      if (asked === 2) request.socket.destroy();
      else response.end("ok");
    });
    route([port], { instanceRequests: 1 });
    expect([await router.get(), await router.get()].map(statusOf)).toEqual(["200", "200"]);
    expect(asked).toBe(3);
  });
});

describe("an app on hold", () => {
  test("gets its requests when it is there", async () => {
    await rig();
    const port = await router.app((_, response) => response.end("here"));
    route([], {}, "hold");
    const waits = router.get();
    route([port]);
    expect(await waits).toMatch(/here$/);
  });

  test("has them answered H20 after a while, and at once when too many wait", async () => {
    await rig();
    route([], { queue: 1, holdMs: 20 }, "hold");
    const answers = await Promise.all([router.get(), router.get()]);
    expect(answers.map((answer) => /\((H\d+)\)/.exec(answer)?.[1])).toEqual(["H20", "H20"]);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 503 [\s\S]*^Retry-After: \d+\r$/m);
  });

  test("has none of them held when its owner wants none to wait", async () => {
    await rig();
    route([], { holdMs: 0 }, "hold");
    expect(await router.get()).toContain("(H20)");
  });

  test("has those that wait answered at once when nothing comes any more", async () => {
    await rig();
    route([], {}, "hold");
    const waits = router.get();
    await router.get("/", { Connection: "close", Expect: "nothing" });
    route([], {}, "none");
    expect(await waits).toContain("(H14)");
  });
});

describe("a client of a sticky app", () => {
  const named = async (name: string) => router.app((_, response) => response.end(name));
  const cookieOf = (answer: string) => /^Set-Cookie: (paas-instance=[\w-]{22}); (.*)\r$/m.exec(answer);

  test("stays with the instance that answered it, and is told so once", async () => {
    await rig();
    route([await named("one"), await named("two")], { sticky: true });
    const first = await router.get();
    const [, cookie = "", attributes] = cookieOf(first) ?? [];
    expect(attributes).toBe("Path=/; HttpOnly; SameSite=Lax");
    const name = first.slice(-3);
    for (let index = 0; index < 10; index += 1) {
      const answer = await router.get("/", { Cookie: `a=b; ${cookie}` });
      expect([answer.slice(-3), cookieOf(answer)]).toEqual([name, null]);
    }
  });

  test("is given another when its own is gone, or never was", async () => {
    await rig();
    const [one, two] = [await named("one"), await named("two")];
    route([one], { sticky: true });
    const [, cookie = ""] = cookieOf(await router.get()) ?? [];
    route([two], { sticky: true });
    for (const brought of [cookie, `paas-instance=${"x".repeat(22)}`, "paas-instance=i1"]) {
      const answer = await router.get("/", { Cookie: brought });
      expect(answer).toMatch(/two$/);
      expect(cookieOf(answer)?.[1]).not.toBe(brought);
    }
  });

  test("gets no such cookie from other apps", async () => {
    await rig();
    route([await named("one")]);
    expect(cookieOf(await router.get())).toBeNull();
  });
});
