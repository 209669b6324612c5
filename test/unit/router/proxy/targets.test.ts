import { text } from "node:stream/consumers";
import { closedPort, target } from "../../../support/router-rig/target";
import { useRigs } from "../../../support/router-rig/use-rigs";

const rig = useRigs();

describe("targets", () => {
  test("that refuse are left out, and the request goes to another with its whole body", async () => {
    const router = await rig();
    const port = await router.app(async (request, response) => response.end(await text(request)));
    router.route([
      target("dead1", await closedPort()),
      target("dead2", await closedPort()),
      target("i1", port),
    ]);
    for (let count = 0; count < 20; count += 1) {
      const client = await router.client(
        "POST / HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody",
      );
      expect(await client.end()).toMatch(/200 OK[\s\S]*body$/);
    }
  });

  test("that all refuse are a 503 H21, and are asked again by the next request", async () => {
    const router = await rig();
    const port = await closedPort();
    router.route([target("i1", port)]);
    expect(await router.get("/", { Accept: "text/html" })).toMatch(
      /^HTTP\/1\.1 503[\s\S]*text\/html[\s\S]*\(H21\)/,
    );
    expect(await router.line()).toMatch(/code=H21 .* instance=web\.i1 connect= service=\d+ms status=503/);
    const back = await router.app((_, response) => response.end("back"));
    router.route([target("i1", back)]);
    expect(await router.get()).toMatch(/back$/);
  });

  test.each([
    ["none", "H14", "Nothing runs here"],
    ["maintenance", "H80", "Down for maintenance"],
    ["serve", "H10", "Application error"],
  ] as const)("of mode %s without any are a 503 %s", async (mode, code, title) => {
    const router = await rig();
    router.route([], mode);
    expect(await router.get()).toMatch(new RegExp(`^HTTP/1\\.1 503[\\s\\S]*${title} \\(${code}\\)`));
    expect(await router.line()).toContain(`code=${code}`);
  });

  test("whose idle connection closes under a GET are asked again over a new one", async () => {
    const router = await rig();
    let connections = 0;
    const port = await router.rawApp((socket) => {
      connections += 1;
      let requests = 0;
      socket.on("data", () => {
        requests += 1;
        // The second request on a connection meets a server that has just given it up.
        if (requests > 1) socket.resetAndDestroy();
        else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      });
    });
    router.route([target("i1", port)]);
    const client = await router.client("GET / HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
    await client.receive(/ok$/);
    client.text = "";
    client.socket.write("GET / HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
    expect(await client.receive(/ok$/)).toMatch(/^HTTP\/1\.1 200/);
    expect(connections).toBe(2);
  });

  test("keep their connection for the next GET", async () => {
    const router = await rig();
    let connections = 0;
    const port = await router.app(
      (_, response) => response.end("ok"),
      (server) => server.on("connection", () => (connections += 1)),
    );
    router.route([target("i1", port)]);
    for (let count = 0; count < 5; count += 1) await router.get();
    expect(connections).toBe(1);
  });
});
