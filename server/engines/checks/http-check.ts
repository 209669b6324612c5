import { request } from "node:http";
import { connect } from "node:net";
import type { Readable } from "node:stream";
import { reasonOf } from "../docker/reason";
import type { ProbeResult, ProbeWish } from "../engine";
import { askH2c, type Place } from "./h2c-request";

/** How much of a body is searched for the wished content. */
const maxBodyBytes = 64 * 1024;

type HttpWish = Extract<ProbeWish, { kind: "http" }>;

/** One answer; its asker ends the call after reading as much as it likes. */
interface Answer {
  status: number;
  body: Readable;
}

/** Asks for a path and looks at status and body. Never throws, ends within timeoutMs. */
export function askHttp(
  address: string,
  port: number,
  wish: HttpWish,
  timeoutMs: number,
): Promise<ProbeResult> {
  const headers = { "User-Agent": "paas-check", ...wish.headers };
  if (wish.protocol === "h2c") {
    const asked = { method: "GET", path: wish.path, headers };
    return askH2c({ address, port }, asked, timeoutMs, async (answer) =>
      answer === "reset" ? { ready: false, seen: "the request was reset" } : judge(wish, answer),
    );
  }
  return askHttp1({ address, port }, { path: wish.path, headers }, timeoutMs, (answer) =>
    judge(wish, answer),
  );
}

function askHttp1(
  { address: host, port }: Place,
  asked: { path: string; headers: Record<string, string> },
  timeoutMs: number,
  look: (answer: Answer) => Promise<ProbeResult>,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = { Connection: "close", ...asked.headers };
    const call = request({ host, port, path: asked.path, headers, agent: false, signal });
    const finish = (result: ProbeResult) => {
      call.destroy();
      resolve(result);
    };
    call.on("error", (error: NodeJS.ErrnoException) =>
      finish({ ready: false, seen: signal.aborted ? "no answer in time" : reasonOf(error) }),
    );
    call.once("response", (body) => void look({ status: body.statusCode ?? 0, body }).then(finish));
    call.end();
  });
}

/** Whether an answer is as wished. Reads no more of it than that takes. */
async function judge({ statuses, content }: HttpWish, { status, body }: Answer): Promise<ProbeResult> {
  const accepted = statuses === null ? status >= 200 && status < 400 : statuses.includes(status);
  if (!accepted || content === null) return { ready: accepted, seen: `http ${status}` };
  try {
    const found = await contains(body, content);
    const seen = `http ${status} ${found ? "with" : "without"} ${JSON.stringify(content)}`;
    return { ready: found, seen };
  } catch {
    return { ready: false, seen: "the answer broke off" };
  }
}

/** Whether the beginning of a body has some text in it. */
async function contains(body: Readable, text: string): Promise<boolean> {
  let read = Buffer.alloc(0);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    read = Buffer.concat([read, chunk]).subarray(0, maxBodyBytes);
    if (read.length === maxBodyBytes || read.includes(text)) break;
  }
  return read.includes(text);
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
