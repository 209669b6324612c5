import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { askServer } from "../../../../builder/source/ask-server";

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((req, res) => {
    if (req.headers.authorization !== "Bearer its-own") return void res.writeHead(401).end("no");
    if (req.url === "/cut") return void res.write("half", () => res.destroy());
    if (req.url === "/whole") res.end("all of it");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const never = new AbortController().signal;

it("hands over what the server gives to the build's own token", async () => {
  await expect(text(await askServer(`${url}/whole`, "its-own", never))).resolves.toBe("all of it");
});

it("rejects any answer but 200, half of one, and none before the build is ended", async () => {
  await expect(askServer(`${url}/whole`, "another", never)).rejects.toThrow("HTTP 401");
  await expect(askServer(`${url}/cut`, "its-own", never).then(text)).rejects.toThrow("aborted");
  const ended = new AbortController();
  const asked = askServer(`${url}/silent`, "its-own", ended.signal);
  server.once("request", () => ended.abort());
  await expect(asked).rejects.toThrow("aborted");
});
