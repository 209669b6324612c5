import { connect } from "node:net";
import type { ProbeResult } from "./engine";

const statusLine = /^HTTP\/\d\.\d (\d{3})[ \r\n]/;
/** A status line is short; a peer that sends more without one does not speak HTTP. */
const maxBytes = 64;

/** Why a connection failed, in short words. */
export const reasonOf = (error: NodeJS.ErrnoException): string => reasons[error.code ?? ""] ?? error.message;

const reasons: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  EHOSTUNREACH: "no route to it",
  ENETUNREACH: "no route to it",
  ECONNRESET: "connection reset",
};

/** Asks for `/` and is content with any HTTP status line: whether a 500 is healthy is the app's affair. Never throws, ends within timeoutMs. */
export function probe(address: string, port: number, timeoutMs: number): Promise<ProbeResult> {
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
      const status = statusLine.exec(answer)?.[1];
      if (status) finish(true, `http ${status}`);
      else if (answer.length > maxBytes) finish(false, "no HTTP answer");
    });
    socket.once("end", () => finish(false, "no HTTP answer"));
    socket.on("error", (error: NodeJS.ErrnoException) => finish(false, reasonOf(error)));
  });
}
