/** What a client may have the router do over one HTTP/2 connection. */
export interface Http2Limits {
  /** Requests under way at once. */
  streams: number;
  /** Of a request's head as HTTP/2 counts it: names, values and 32 bytes a field. More than HTTP/1.1 takes here, so that 431 can be answered. */
  headBytes: number;
  headFields: number;
  /** What a client may send of one body before the app takes it. */
  streamWindowBytes: number;
  /** The same for all bodies of a connection until the router has looked at it. */
  connectionWindowBytes: number;
  /** Memory for one connection in the HTTP/2 library, in megabytes. */
  memoryMb: number;
  /** Requests that the client took back, or broke, at once and in the long run: each cost work that nobody waits for (CVE-2023-44487). */
  resets: { burst: number; perSecond: number };
  /** Bytes of frames that carry no request, at once and in the long run: pings, settings, priorities, empty or tiny data, tiny windows. */
  overheadBytes: { burst: number; perSecond: number };
}

export const defaultHttp2Limits: Http2Limits = {
  streams: 100,
  headBytes: 32_768,
  headFields: 160,
  streamWindowBytes: 131_072,
  connectionWindowBytes: 1_048_576,
  memoryMb: 16,
  resets: { burst: 200, perSecond: 20 },
  overheadBytes: { burst: 1_048_576, perSecond: 65_536 },
};
