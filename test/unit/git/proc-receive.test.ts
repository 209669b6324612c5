import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { RefUpdate } from "../../../core/push";
import { flushPacket, packet } from "../../../server/git/pkt-line";
import { converseWithReceivePack } from "../../../server/git/proc-receive";

const a = "a".repeat(40);
const zeros = "0".repeat(40);

/** Two ends of a real connection. */
async function pair(): Promise<{ ours: Socket; gits: Socket; close(): void }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const gits = connect({
    port: (server.address() as AddressInfo).port,
    host: "127.0.0.1",
    allowHalfOpen: true,
  });
  const [ours] = (await once(server, "connection")) as [Socket];
  return { ours, gits, close: () => [gits.destroy(), ours.destroy(), server.close()] };
}

async function all(stream: Socket): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

test("answers every command in git's order, a missing one as a refusal, reasons on one line", async () => {
  const { ours, gits, close } = await pair();
  const said = all(gits);
  gits.write(Buffer.concat([packet("version=1\0push-options"), flushPacket]));
  const refs = ["refs/heads/a", "refs/heads/b", "refs/heads/c", "refs/heads/d"];
  gits.end(Buffer.concat([...refs.map((ref) => packet(`${zeros} ${a} ${ref}`)), flushPacket]));
  let seen: RefUpdate[] = [];
  await converseWithReceivePack(ours, async (updates) => {
    seen = updates;
    return [
      { ref: "refs/heads/b", ok: true, moved: true },
      { ref: "refs/heads/a", ok: true, moved: false },
      { ref: "refs/heads/d", ok: false, reason: "two\nlines" },
    ];
  });
  expect(seen).toEqual(refs.map((ref) => ({ ref, oldCommit: zeros, newCommit: a })));
  expect(await said).toBe(
    [
      "000dversion=1",
      "0000",
      "0013ok refs/heads/a",
      "0017option fall-through",
      "0013ok refs/heads/b",
      packet("ng refs/heads/c the server gave no answer"),
      packet("ng refs/heads/d two lines"),
      "0000",
    ].join(""),
  );
  close();
});

test("a receive-pack that ends before it asked decides nothing", async () => {
  const { ours, gits, close } = await pair();
  gits.end(Buffer.concat([packet("version=1"), flushPacket, packet(`${zeros} ${a} refs/heads/a`)]));
  let asked = false;
  await converseWithReceivePack(ours, async () => {
    asked = true;
    return [];
  });
  expect(asked).toBe(false);
  close();
});
