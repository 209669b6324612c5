import { once } from "node:events";
import type { ServerHttp2Stream } from "node:http2";
import type { HttpPolicy } from "../../../../core/http-policy";
import { MessageTail } from "../../../../router/grpc";
import { fc } from "../../../support/properties";
import { target } from "../../../support/router-rig/target";
import { answerOf, Certified, Door } from "./door";
import { call, H2cApps, message } from "./h2c-app";

const certified = new Certified();
const apps = new H2cApps();
let door: Door;
let streams: ServerHttp2Stream[];
let port: number;
beforeEach(async () => {
  const limits = { firstByteMs: 40, idleMs: 40, longCallMs: 80 };
  door = await new Door(certified, { limits }).listen();
  streams = [];
  port = await apps.start((stream) => {
    streams.push(stream);
    stream.resume();
  });
  route();
});
afterEach(async () => {
  await door.close();
  await apps.close();
});
afterAll(() => certified.clean());

function route(policy: HttpPolicy = {}, streamsMs = 3_600_000, port_ = port): void {
  const targets = port_ === port ? [target("i1", port)] : [];
  const app = { name: "shop", mode: "serve" as const, targets, drain: { streamsMs } };
  const http = { protocol: "h2c" as const, ...policy };
  door.rig.hosts({ version: 0, hosts: { "shop.localhost": "a1" }, apps: { a1: { ...app, http } } });
}

/** The instance leaves; streams may stay for so long. */
const leave = (streamsMs: number): void => route({}, streamsMs, 0);

async function open() {
  const stream = (await door.session()).request({ ":authority": "shop.localhost", ...call });
  const reply = answerOf(stream);
  reply.catch(() => undefined);
  stream.write(message("hello"));
  while (streams.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  return { stream, reply, atApp: streams[0] as ServerHttp2Stream };
}

const becomeStream = async (): Promise<void> => {
  while (door.rig.pool.streams().i1 !== 1) await new Promise((resolve) => setTimeout(resolve, 2));
};
const begin = (atApp: ServerHttp2Stream): void =>
  atApp.respond({ ":status": 200, "content-type": "application/grpc" });

describe("a call in which nothing moves", () => {
  test("goes on, as a stream, before its answer and in it", async () => {
    const { stream, reply, atApp } = await open();
    await becomeStream();
    begin(atApp);
    atApp.write(message("one"));
    await once(stream, "data");
    await new Promise((resolve) => setTimeout(resolve, 150));
    atApp.end(message("two"));
    stream.end();
    expect((await reply).body).toBe(message("one").toString("latin1") + message("two").toString("latin1"));
    expect(door.rig.pool.inFlight()).toEqual({});
  });

  test("ends when its app has set how long that may be", async () => {
    route({ idleMs: 60 });
    const { reply } = await open();
    expect(await reply).toMatchObject({ status: 408 });
    expect(await door.rig.line()).toMatch(/code=H28/);
  });

  test("and that is none of gRPC ends as ever", async () => {
    const session = await door.session();
    const stream = session.request({ ":authority": "shop.localhost", ":path": "/" });
    expect(await answerOf(stream)).toMatchObject({ status: 503 });
    expect(await door.rig.line()).toMatch(/code=H12/);
  });
});

describe("a long call of an instance that left, when its time is over,", () => {
  test("ends with a status that has its client try again", async () => {
    const { stream, reply, atApp } = await open();
    begin(atApp);
    atApp.write(message("one"));
    await once(stream, "data");
    await becomeStream();
    leave(0);
    expect(await reply).toMatchObject({
      body: message("one").toString("latin1"),
      trailers: { "grpc-status": "14", "grpc-message": "the instance is being replaced" },
    });
  });

  test("ends behind the message under way", async () => {
    const { stream, reply, atApp } = await open();
    begin(atApp);
    atApp.write(message("whole").subarray(0, 7));
    await once(stream, "data");
    await becomeStream();
    leave(0);
    // Its streams are told by a timer of no time.
    await new Promise((resolve) => setTimeout(resolve, 20));
    atApp.write(Buffer.concat([message("whole").subarray(7), message("not this")]));
    expect(await reply).toMatchObject({
      body: message("whole").toString("latin1"),
      trailers: { "grpc-status": "14" },
    });
  });

  test("is told so in the place of an answer that never began", async () => {
    const { reply } = await open();
    await becomeStream();
    leave(0);
    expect(await reply).toMatchObject({ status: 200, headers: { "grpc-status": "14" }, body: "" });
  });
});

test("messages are told apart however they come", () => {
  const texts = fc.array(fc.stringMatching(/^[ -~]{0,300}$/), { minLength: 1 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 40 }), (all, size) => {
      const bytes = Buffer.concat(all.map(message));
      const ends = all.map((_, index) => Buffer.concat(all.slice(0, index + 1).map(message)).length);
      const [followed, asked] = [new MessageTail(), new MessageTail()];
      for (let from = 0; from < bytes.length; from += size) {
        const chunk = bytes.subarray(from, from + size);
        followed.follow(chunk);
        expect(followed.isBetween).toBe(ends.includes(from + chunk.length));
        const first = ends.find((end) => end > from && end <= from + chunk.length);
        for (let rest = chunk, at = 0; ; ) {
          const end = asked.push(rest);
          if (at === 0) expect(end).toBe(first === undefined ? -1 : first - from);
          if (end < 0) break;
          rest = rest.subarray(end);
          at += end;
          if (rest.length === 0) break;
        }
      }
    }),
  );
});
