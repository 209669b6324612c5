import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { connect as connectSocket } from "node:net";
import type { Readable } from "node:stream";
import { reasonOf } from "../docker/reason";
import type { ProbeResult } from "../engine";

export interface Place {
  address: string;
  port: number;
}

export interface H2cAsked {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
}

export interface H2cAnswer {
  status: number;
  body: Readable;
  headers: Readonly<Record<string, unknown>>;
  /** Those after the body, once it was read to its end. */
  trailers: () => Readonly<Record<string, unknown>>;
}

/** These are of a connection, and Host goes by another name (RFC 9113, 8.2.2 and 8.3.1). */
const notByHttp2 = new Set([
  "connection",
  "host",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Sends one request by HTTP/2 without TLS, from the first byte, and has `look` judge what comes of it; a server may also reset a request.
 * Never throws, ends within timeoutMs.
 */
export function askH2c(
  place: Place,
  asked: H2cAsked,
  timeoutMs: number,
  look: (answer: H2cAnswer | "reset") => Promise<ProbeResult>,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const session = open(place);
    let speaksHttp2 = false;
    let isJudged = false;
    const finish = (result: ProbeResult) => {
      clearTimeout(timer);
      session.destroy();
      resolve(result);
    };
    const fail = (seen: string) => isJudged || finish({ ready: false, seen });
    const judge = (answer: H2cAnswer | "reset") => {
      if (isJudged) return;
      isJudged = true;
      void look(answer).then(finish);
    };
    const late = () => finish({ ready: false, seen: speaksHttp2 ? "no answer in time" : noHttp2 });
    const timer = setTimeout(late, timeoutMs);
    session.once("remoteSettings", () => {
      speaksHttp2 = true;
    });
    session.on("error", (error: NodeJS.ErrnoException) => fail(isOfHttp2(error) ? noHttp2 : reasonOf(error)));
    session.once("close", () => fail(noHttp2));
    const stream = send(session, place, asked);
    // What ended it is told by its close, or by the session.
    stream.on("error", () => undefined);
    stream.once("response", (headers) => judge(answerOf(stream, headers)));
    stream.once("close", () => speaksHttp2 && judge("reset"));
  });
}

const noHttp2 = "no HTTP/2 answer";
const isOfHttp2 = ({ code }: NodeJS.ErrnoException): boolean => code?.startsWith("ERR_HTTP2_") ?? false;

function open({ address: host, port }: Place): ClientHttp2Session {
  const createConnection = () => connectSocket({ host, port });
  return connect(`http://${host}`, { createConnection, settings: { enablePush: false } });
}

function send(
  session: ClientHttp2Session,
  { address, port }: Place,
  { method, path, headers, body }: H2cAsked,
): ClientHttp2Stream {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const { host = `${address}:${port}` } = Object.fromEntries(named);
  const stream = session.request(
    {
      ":method": method,
      ":path": path,
      ":authority": host,
      ...Object.fromEntries(named.filter(([name]) => !notByHttp2.has(name))),
    },
    { endStream: body === undefined },
  );
  if (body) stream.end(body);
  return stream;
}

function answerOf(stream: ClientHttp2Stream, headers: H2cAnswer["headers"]): H2cAnswer {
  let trailers: H2cAnswer["headers"] = {};
  stream.once("trailers", (late) => {
    trailers = late;
  });
  return { status: Number(headers[":status"]), body: stream, headers, trailers: () => trailers };
}
