import { once } from "node:events";
import { existsSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { WebSocket } from "ws";
import { installPackage } from "../../support/install-package";
import { ask } from "../../unit/router/http2/door";
import { Stage } from "./stage";

let stage: Stage;
beforeAll(async () => {
  if (!existsSync("/usr/bin/curl")) installPackage("curl");
  stage = await new Stage().open();
}, 300_000);
afterAll(() => stage.close());

const schemes = ["http", "https"] as const;
type Scheme = (typeof schemes)[number];

describe.each<[option: string, http: string, https: string]>([
  ["--http1.1", "1.1", "1.1"],
  ["--http2", "1.1", "2"],
])("curl %s", (option, ...versions) => {
  test.each(schemes.map((scheme, index) => [scheme, versions[index]] as const))(
    "%s",
    async (scheme, version) => {
      const curl = (...args: string[]) => stage.curl(scheme, [option, ...args]);
      expect(await curl("-w", " %{http_version} %{http_code}", stage.url(scheme, "/page"))).toBe(
        `a page ${version} 200`,
      );
      const body = "x".repeat(200_000);
      expect(await curl("--data-binary", `@${stage.file(body)}`, stage.url(scheme, "/length"))).toBe(
        "200000",
      );
      const chunked = ["-H", "Transfer-Encoding: chunked", "-H", "Expect: 100-continue"];
      expect(await curl(...chunked, "-T", stage.file(body), stage.url(scheme, "/length"))).toBe("200000");
      expect(await curl("-N", stage.url(scheme, "/events"))).toBe("data: 1\n\ndata: 2\n\n");
      expect(await curl("-I", stage.url(scheme, "/page"))).toMatch(/content-length: 6/i);
      const many = Array.from({ length: 30 }, () => stage.url(scheme, "/page"));
      expect(await curl("--parallel", ...many)).toBe("a page".repeat(30));
    },
  );
});

test.each(schemes)("node:http, %s", async (scheme) => {
  const send = (path: string, method: string, body?: string) => {
    const options = { ...stage.place(scheme), path, method, headers: { host: stage.host } };
    const asked = scheme === "http" ? httpRequest(options) : httpsRequest({ ...options, ...stage.trust });
    asked.end(body);
    return once(asked, "response").then(([answer]) => text(answer as IncomingMessage));
  };
  expect(await send("/page", "GET")).toBe("a page");
  expect(await send("/length", "POST", "x".repeat(50_000))).toBe("50000");
  expect(await send("/events", "GET")).toBe("data: 1\n\ndata: 2\n\n");
});

test("undici, http", async () => {
  const url = (path: string) => `http://127.0.0.1:${stage.place("http").port}${path}`;
  expect(await (await fetch(url("/page"))).text()).toBe("a page");
  // Of unknown length: it goes in chunks.
  const body = new Blob(["x".repeat(70_000)]).stream();
  const sent = await fetch(url("/length"), { method: "POST", body, duplex: "half" } as RequestInit);
  expect(await sent.text()).toBe("70000");
  const events = await fetch(url("/events"));
  expect(await events.text()).toBe("data: 1\n\ndata: 2\n\n");
});

test("node:http2", async () => {
  const session = await stage.door.session(stage.host);
  expect((await ask(session, { ":path": "/page" })).body).toBe("a page");
  expect((await ask(session, { ":path": "/length", ":method": "POST" }, "x".repeat(300_000))).body).toBe(
    "300000",
  );
  expect((await ask(session, { ":path": "/events" })).body).toBe("data: 1\n\ndata: 2\n\n");
});

test.each<Scheme>(["http", "https"])("ws, %s", async (scheme) => {
  const { port } = stage.place(scheme);
  const url = `${scheme === "http" ? "ws" : "wss"}://127.0.0.1:${port}/socket`;
  const socket = new WebSocket(url, {
    ...stage.trust,
    headers: { host: stage.host },
    perMessageDeflate: true,
  });
  await once(socket, "open");
  socket.send("hello");
  expect(String((await once(socket, "message"))[0])).toBe("echo hello");
  socket.close(1000);
  await once(socket, "close");
});
