import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { target } from "../../support/router-rig/target";
import { useRigs } from "../../support/router-rig/use-rigs";

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
const openRig = useRigs();

/** A client that has asked twice, before an app that answers with the body it got. */
async function asked() {
  const rig = await openRig();
  const port = await rig.app((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => response.end(`${request.url} ${Buffer.concat(parts)};`));
  });
  rig.route([target("i1", port)]);
  const socket = connect(rig.port, "127.0.0.1");
  sockets.push(socket);
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  const until = async (end: string) => {
    while (!text.includes(end)) await once(socket, "data");
    const [before = ""] = text.split(end, 1);
    text = text.slice(before.length + end.length);
    return before;
  };
  for (const path of ["/1", "/2"]) {
    socket.write(get(path));
    await until(`${path} ;`);
  }
  return { rig, socket, until };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: shop.localhost\r\n\r\n`;
const post = (path: string, body: string) =>
  `POST ${path} HTTP/1.1\r\nHost: shop.localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const big = Array.from({ length: 300_000 }, (_, index) => index).join(" ");

describe("a connection whose client does not wait for answers", () => {
  test("serves requests in order, however they come", async () => {
    const { socket, until } = await asked();
    socket.write(get("/3") + get("/4") + post("/5", "five") + get("/6"));
    for (const answer of ["/3 ;", "/4 ;", "/5 five;", "/6 ;"]) await until(answer);
    for (const part of get("/7").split(/(?=.)/s)) {
      socket.write(part);
      await new Promise(setImmediate);
    }
    await until("/7 ;");
  });

  test("takes bodies whole, with what stands behind them", async () => {
    const { socket, until } = await asked();
    socket.write(post("/3", big) + post("/4", big));
    expect((await until(";")).endsWith(`\r\n\r\n/3 ${big}`)).toBe(true);
    expect((await until(";")).endsWith(`\r\n\r\n/4 ${big}`)).toBe(true);
    socket.write(get("/5"));
    await until("/5 ;");
  });
});
