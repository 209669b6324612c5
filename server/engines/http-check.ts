import { request } from "node:http";
import { connect } from "node:net";
import type { ProbeResult, ProbeWish } from "./engine";
import { reasonOf } from "./probe";

/** How much of a body is searched for the wished content. */
const maxBodyBytes = 64 * 1024;

type HttpWish = Extract<ProbeWish, { kind: "http" }>;

/** Asks for a path and looks at status and body. Never throws, ends within timeoutMs. */
export function askHttp(
  address: string,
  port: number,
  wish: HttpWish,
  timeoutMs: number,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const finish = (result: ProbeResult) => {
      call.destroy();
      resolve(result);
    };
    const headers = { "User-Agent": "paas-check", Connection: "close", ...wish.headers };
    const call = request({ host: address, port, path: wish.path, headers, agent: false, signal });
    call.on("error", (error: NodeJS.ErrnoException) =>
      finish({ ready: false, seen: signal.aborted ? "no answer in time" : reasonOf(error) }),
    );
    call.once("response", (response) => {
      const status = response.statusCode ?? 0;
      const accepted =
        wish.statuses === null ? status >= 200 && status < 400 : wish.statuses.includes(status);
      if (!accepted || wish.content === null) return finish({ ready: accepted, seen: `http ${status}` });
      const wanted = wish.content;
      let body = Buffer.alloc(0);
      const judge = () => {
        const found = body.includes(wanted);
        finish({
          ready: found,
          seen: `http ${status} ${found ? "with" : "without"} ${JSON.stringify(wanted)}`,
        });
      };
      response.on("data", (chunk: Buffer) => {
        body = Buffer.concat([body, chunk]).subarray(0, maxBodyBytes);
        if (body.length === maxBodyBytes || body.includes(wanted)) judge();
      });
      response.once("end", judge);
      response.on("error", () => finish({ ready: false, seen: "the answer broke off" }));
      return undefined;
    });
    call.end();
  });
}

/** Whether the port takes connections. Never throws, ends within timeoutMs. */
export function askTcp(address: string, port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const finish = (ready: boolean, seen: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ready, seen });
    };
    const timer = setTimeout(() => finish(false, "no connection"), timeoutMs);
    socket.once("connect", () => finish(true, "connected"));
    socket.on("error", (error: NodeJS.ErrnoException) => finish(false, reasonOf(error)));
  });
}
