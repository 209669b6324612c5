import { createHash } from "node:crypto";
import { once } from "node:events";
import { Rig } from "../../support/router-rig/rig";
import { target } from "../../support/router-rig/target";

let router: Rig;
beforeEach(async () => {
  router = await new Rig().listen();
});
afterEach(() => router.close());

describe("a body", () => {
  const size = 64 * 2 ** 20;
  const piece = Buffer.alloc(2 ** 20, "0123456789abcdef");
  const sum = createHash("sha1").update(Buffer.alloc(size, "0123456789abcdef")).digest("hex");

  test("waits in the app while its client reads slowly, and arrives whole", async () => {
    let written = 0;
    const port = await router.app(async (_, response) => {
      response.writeHead(200, { "Content-Length": size });
      for (; written < size; written += piece.length)
        if (!response.write(piece)) await once(response, "drain");
      response.end();
    });
    router.route([target("i1", port)]);
    const client = await router.client();
    client.socket.removeAllListeners("data").pause();
    client.socket.write("GET / HTTP/1.1\r\nHost: shop.localhost\r\n\r\n");
    // What two kernels' buffers hold, and then nothing more.
    for (
      let before = -1;
      before !== written || written === 0;
      await new Promise((resolve) => setTimeout(resolve, 100))
    )
      before = written;
    expect(written).toBeLessThan(size / 2);
    const hash = createHash("sha1");
    let left = -1;
    client.socket.on("data", (chunk: string) => {
      const bytes = Buffer.from(chunk, "latin1");
      const body = left < 0 ? bytes.subarray(bytes.indexOf("\r\n\r\n") + 4) : bytes;
      left = (left < 0 ? size : left) - body.length;
      hash.update(body);
      if (left === 0) client.socket.end();
    });
    await once(client.socket.resume(), "close");
    expect(hash.digest("hex")).toBe(sum);
  });

  test("waits in the client while the app reads slowly, and arrives whole", async () => {
    let begin = () => undefined as unknown;
    const port = await router.app(async (request, response) => {
      const hash = createHash("sha1");
      await new Promise<void>((resolve) => {
        begin = resolve as () => unknown;
      });
      for await (const chunk of request) hash.update(chunk as Buffer);
      response.end(hash.digest("hex"));
    });
    router.route([target("i1", port)]);
    const client = await router.client(
      `PUT / HTTP/1.1\r\nHost: shop.localhost\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`,
    );
    for (let sent = 0; sent < size; sent += piece.length) client.socket.write(piece);
    for (let before = -1; before !== client.socket.bytesWritten - client.socket.writableLength; ) {
      before = client.socket.bytesWritten - client.socket.writableLength;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(client.socket.writableLength).toBeGreaterThan(size / 2);
    begin();
    expect(await client.end()).toMatch(new RegExp(`${sum}$`));
  });
});
