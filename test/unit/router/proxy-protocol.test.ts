import { type ProxyHead, readProxyHead } from "../../../router/proxy-protocol/head";
import { fc } from "../../support/properties";
import type { Rig } from "../../support/router-rig/rig";
import { target } from "../../support/router-rig/target";
import { useRigs } from "../../support/router-rig/use-rigs";

const signature = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const head2 = (command: number, family: number, addresses: string, more = ""): Buffer => {
  const rest = Buffer.from(addresses + more, "hex");
  return Buffer.concat([
    signature,
    Buffer.from([command, family, rest.length >> 8, rest.length & 255]),
    rest,
  ]);
};
const ports = "303901bb";
const heads: [name: string, head: Buffer, source: { address: string; port: number } | null][] = [
  [
    "version 1, IPv4",
    Buffer.from("PROXY TCP4 192.0.2.7 10.0.0.1 12345 443\r\n"),
    { address: "192.0.2.7", port: 443 },
  ],
  [
    "version 1, IPv6",
    Buffer.from("PROXY TCP6 2001:db8::7 ::1 12345 443\r\n"),
    { address: "2001:db8::7", port: 443 },
  ],
  ["version 1, unknown", Buffer.from("PROXY UNKNOWN ffff:f...f:ffff 1 2\r\n"), null],
  ["version 2, IPv4", head2(0x21, 0x11, `c00002070a000001${ports}`), { address: "192.0.2.7", port: 443 }],
  [
    "version 2, with more",
    head2(0x21, 0x11, `c00002070a000001${ports}`, "0300040102"),
    { address: "192.0.2.7", port: 443 },
  ],
  [
    "version 2, IPv6",
    head2(0x21, 0x21, `20010db8000000000000000000000007${"00".repeat(15)}01${ports}`),
    { address: "2001:db8:0:0:0:0:0:7", port: 443 },
  ],
  [
    "version 2, IPv4 as IPv6",
    head2(0x21, 0x21, `${"00".repeat(10)}ffffc0000207${"00".repeat(15)}01${ports}`),
    { address: "192.0.2.7", port: 443 },
  ],
  ["version 2, for itself", head2(0x20, 0x00, ""), null],
  ["version 2, unknown", head2(0x21, 0x00, ""), null],
];

test.each(heads)("%s says whom a connection came from", (_, head, source) => {
  expect(readProxyHead(head)).toEqual({ kind: "whole", length: head.length, source });
});

test("a head is partial up to its last byte, and what follows it is not looked at", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...heads),
      fc.uint8Array({ maxLength: 200 }),
      fc.nat(),
      ([, head], rest, at) => {
        const cut = at % head.length;
        expect(readProxyHead(head.subarray(0, cut))).toEqual({ kind: "partial" });
        expect(readProxyHead(Buffer.concat([head, rest]))).toEqual(readProxyHead(head));
      },
    ),
  );
});

test("no bytes make it read on without end, or say what is no address", () => {
  const mutated = fc
    .tuple(fc.constantFrom(...heads), fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([[, head], at, byte]) => {
      const bytes = Buffer.concat([head, Buffer.alloc(5_000, "x")]);
      bytes[at % head.length] = byte;
      return bytes;
    });
  fc.assert(
    fc.property(
      fc.oneof(mutated, fc.uint8Array({ minLength: 5_000, maxLength: 5_000 }).map(Buffer.from)),
      (bytes) => {
        let read: ProxyHead | undefined;
        try {
          read = readProxyHead(bytes);
        } catch {
          return;
        }
        if (read.kind !== "whole") throw new Error("5000 bytes are enough for every head");
        if (read.source) expect(read.source.address).toMatch(/^[\da-f.:]+$/i);
      },
    ),
  );
});

test.each([
  ["an HTTP request", "GET / HTTP/1.1\r\n"],
  ["another family", "PROXY UDP4 1.1.1.1 1.1.1.1 1 1\r\n"],
  ["no address", "PROXY TCP4 shop.example 1.1.1.1 1 1\r\n"],
  ["an address of the other kind", "PROXY TCP4 ::1 ::1 1 1\r\n"],
  ["a port too high", "PROXY TCP4 1.1.1.1 1.1.1.1 1 65536\r\n"],
  ["a word too many", "PROXY TCP4 1.1.1.1 1.1.1.1 1 1 1\r\n"],
  ["two blanks", "PROXY TCP4  1.1.1.1 1.1.1.1 1 1\r\n"],
  ["a line without end", `PROXY UNKNOWN ${"x".repeat(100)}`],
  ["version 3", Buffer.concat([signature, Buffer.from([0x31])]).toString("latin1")],
  ["a family that cannot be", head2(0x21, 0x12, `c00002070a000001${ports}`).toString("latin1")],
  ["a length without its addresses", head2(0x21, 0x11, "c0000207").toString("latin1")],
  [
    "a length out of all bounds",
    Buffer.concat([signature, Buffer.from([0x21, 0x11, 0xff, 0xff])]).toString("latin1"),
  ],
])("%s is refused", (_, text) => expect(() => readProxyHead(Buffer.from(text, "latin1"))).toThrow("PROXY"));

describe("on a guarded door", () => {
  const openRig = useRigs();
  async function guarded(proxies: string[], proxyHeadMs = 60_000): Promise<Rig> {
    const rig = await openRig({ proxies, proxyHeadMs });
    rig.heads.guard(rig.front.server);
    const port = await rig.app((request, response) => response.end(request.headers["x-forwarded-for"]));
    rig.route([target("i1", port)]);
    return rig;
  }
  const request = "GET / HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\n\r\n";

  test.each(heads)(
    "%s: the client is whom the balancer says, however the bytes are cut",
    async (_, head, source) => {
      const rig = await guarded(["127.0.0.0/8"]);
      const bytes = Buffer.concat([head, Buffer.from(request)]);
      for (const cut of [1, head.length - 1, head.length, head.length + 5, bytes.length]) {
        const client = await rig.client();
        client.socket.write(bytes.subarray(0, cut));
        await new Promise((resolve) => setImmediate(resolve));
        client.socket.write(bytes.subarray(cut));
        expect(await client.end()).toMatch(new RegExp(`\\r\\n\\r\\n${source?.address ?? "127.0.0.1"}$`));
      }
    },
  );

  test("a trusted proxy that begins with anything else, or with nothing, is closed without an answer", async () => {
    const late = await guarded(["127.0.0.0/8"], 50);
    const rig = await guarded(["127.0.0.0/8"]);
    expect(await (await rig.client(request)).end()).toBe("");
    expect(await (await late.client("PROXY TCP4 1.1")).end()).toBe("");
    expect(await (await late.client()).end()).toBe("");
  });

  test("anybody else speaks for himself, and a head of his is nonsense", async () => {
    const rig = await guarded(["10.0.0.0/8"]);
    expect(await (await rig.client(request)).end()).toMatch(/127\.0\.0\.1$/);
    const forged = await rig.client(`PROXY TCP4 192.0.2.7 10.0.0.1 1 443\r\n${request}`);
    expect(await forged.end()).toMatch(/^HTTP\/1\.1 (400|501) /);
  });
});
