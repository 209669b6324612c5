import { connect } from "node:net";
import type { AppProtocol } from "../../../core/http-policy";
import { reasonOf } from "../docker/reason";
import type { ProbeResult } from "../engine";
import { askH2c } from "./h2c-request";

const statusLine = /^HTTP\/\d\.\d (\d{3})[ \r\n]/;
/** A status line is short; a peer that sends more without one does not speak HTTP. */
const maxBytes = 64;
const settingsFrame = 4;

/** Asks for `/` and is content with any answer: whether a 500 is healthy is the app's affair. Never throws, ends within timeoutMs. */
export function probe(
  address: string,
  port: number,
  timeoutMs: number,
  protocol: AppProtocol = "http1",
): Promise<ProbeResult> {
  if (protocol === "http1") return probeHttp1(address, port, timeoutMs);
  const asked = { method: "GET", path: "/", headers: { "user-agent": "paas-probe" } };
  // A gRPC server may well have no answer for a GET.
  return askH2c({ address, port }, asked, timeoutMs, async (answer) => ({
    ready: true,
    seen: answer === "reset" ? "a reset by HTTP/2" : `http ${answer.status}`,
  }));
}

function probeHttp1(address: string, port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let answer = "";
    let connected = false;
    const socket = connect({ host: address, port });
    const finish = (ready: boolean, seen: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ready, seen });
    };
    const timer = setTimeout(() => finish(false, connected ? "no HTTP answer" : "no connection"), timeoutMs);
    socket.once("connect", () => {
      connected = true;
      socket.write(
        `GET / HTTP/1.1\r\nHost: ${address}:${port}\r\nUser-Agent: paas-probe\r\nConnection: close\r\n\r\n`,
      );
    });
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      if (greetsByHttp2(answer))
        return finish(false, "an answer in HTTP/2, which needs paas http:set protocol=h2c");
      const status = statusLine.exec(answer)?.[1];
      if (status) finish(true, `http ${status}`);
      else if (answer.length > maxBytes) finish(false, "no HTTP answer");
      return undefined;
    });
    socket.once("end", () => finish(false, "no HTTP answer"));
    socket.on("error", (error: NodeJS.ErrnoException) => finish(false, reasonOf(error)));
  });
}

/** Whether it is what servers for HTTP/2 say first, whatever they are asked: a frame of settings for the whole connection (RFC 9113, 3.4). */
const greetsByHttp2 = (answer: string): boolean =>
  answer.charCodeAt(3) === settingsFrame && answer.slice(5, 9) === "\0\0\0\0";
