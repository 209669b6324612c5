import { formatDuration, parseDuration } from "./duration";
import { invalid } from "./error";

/** How long an instance that left the rotation may go on serving what is in flight. Of the app, not of a release. */
export interface DrainPolicy {
  /** For requests. */
  requestsMs: number;
  /** For streams: WebSockets and other upgraded connections, and server-sent events. Then the router closes them. */
  streamsMs: number;
}

/** 30 s as everywhere; five minutes for streams, which clients open again by themselves when they are closed. */
export const defaultDrain: DrainPolicy = { requestsMs: 30_000, streamsMs: 300_000 };

/** Durations as people write them; what is absent stays. */
export interface DrainWords {
  requests?: string | undefined;
  streams?: string | undefined;
}

/** How much longer than its limit a stream may take: the message under way, and the goodbye of both sides. */
export const streamCloseMs = 10_000;

const hourMs = 3_600_000;
const longest: DrainPolicy = { requestsMs: hourMs, streamsMs: 24 * hourMs };

/** Applies the words of `ps:drain 30s --websockets 10m`; throws `invalid` for what is no duration, or too long a one. */
export function applyDrain(policy: DrainPolicy, words: DrainWords): DrainPolicy {
  return {
    requestsMs:
      words.requests === undefined
        ? policy.requestsMs
        : limitOf("Requests", words.requests, longest.requestsMs),
    streamsMs:
      words.streams === undefined
        ? policy.streamsMs
        : limitOf("WebSockets", words.streams, longest.streamsMs),
  };
}

function limitOf(what: string, word: string, longestMs: number): number {
  const ms = parseDuration(word);
  if (ms > longestMs) throw invalid(`${what} may drain for at most ${formatDuration(longestMs)}.`);
  return ms;
}
