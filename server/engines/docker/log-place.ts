import type { LogCursor, LogEntry } from "../engine";
import type { Frame } from "./frames";

/**
 * How far the stamps of stdout and stderr may be out of order in one log. The engine stamps each stream by itself before it writes to the
 * log that they share, so an entry can follow one of the other stream that carries a later stamp.
 */
const skewMs = 1_000;

/** The newest entry read of one stream: its stamp, and how many of its stream carried the same one before it (pieces of one long line). */
interface StreamPlace {
  stamp: string;
  count: number;
}

type Places = Record<Frame["stream"], StreamPlace>;

/**
 * Where reading a container's log is. Stamps grow within a stream, not over both, so each stream has a place of its own. As a cursor:
 * `<stdout>,<stderr>`, each `<stamp>` or `<stamp>+<n>`, empty when nothing of that stream was read.
 */
export class LogPlace {
  readonly #readUpTo: Places;
  readonly #places: Places;

  constructor(since: LogCursor | null) {
    this.#readUpTo = placesOf(since);
    this.#places = { stdout: { ...nothing }, stderr: { ...nothing } };
  }

  /** The frame as an entry; null for one that was read before the cursor that this began with. */
  take({ stream, data }: Frame): LogEntry | null {
    const space = data.indexOf(0x20);
    const stamp = data.toString("latin1", 0, space);
    const place = this.#places[stream];
    place.count = stamp === place.stamp ? place.count + 1 : 0;
    place.stamp = stamp;
    if (!isAfter(place, this.#readUpTo[stream])) return null;
    const end = data.at(-1) === 0x0a ? data.length - 1 : data.length;
    return {
      cursor: this.#cursor(),
      at: new Date(stamp),
      stream,
      text: data.toString("utf8", space + 1, end),
    };
  }

  #cursor(): LogCursor {
    const furthest = (stream: Frame["stream"]) => {
      const [now, before] = [this.#places[stream], this.#readUpTo[stream]];
      return textOf(isAfter(now, before) ? now : before);
    };
    return `${furthest("stdout")},${furthest("stderr")}`;
  }
}

/** `1763664876.123456789`, as the engine's `since` wants it: early enough for every entry after the cursor. The engine includes that instant. */
export function sinceTime(cursor: LogCursor): string {
  const { stdout, stderr } = placesOf(cursor);
  const newest = isAfter(stdout, stderr) ? stdout : stderr;
  const [seconds = "", fraction = "0Z"] = newest.stamp.split(".");
  return `${(Date.parse(`${seconds}Z`) - skewMs) / 1000}.${fraction.replace("Z", "")}`;
}

const nothing: StreamPlace = { stamp: "", count: 0 };

const isAfter = (a: StreamPlace, b: StreamPlace): boolean =>
  a.stamp > b.stamp || (a.stamp === b.stamp && a.count > b.count);

const textOf = ({ stamp, count }: StreamPlace): string => (count === 0 ? stamp : `${stamp}+${count}`);

function placesOf(cursor: LogCursor | null): Places {
  const [stdout = "", stderr = stdout] = cursor?.split(",") ?? [];
  return { stdout: placeOf(stdout), stderr: placeOf(stderr) };
}

function placeOf(text: string): StreamPlace {
  const [stamp = "", count = "0"] = text.split("+");
  return { stamp, count: Number(count) };
}
