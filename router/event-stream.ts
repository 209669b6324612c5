import type { Tail } from "./tail";

const eventEnd = /\r\n\r\n|\n\n|\r\r/g;
const longestEnd = 4;

export const isEventStream = (contentType: string | undefined): boolean =>
  /^text\/event-stream\b/i.test(contentType ?? "");

/** Follows server-sent events without keeping any, to know where one ends. */
export class EventTail implements Tail {
  #tail = "";

  get isBetween(): boolean {
    return this.#tail === "" || /(\r\n\r\n|\n\n|\r\r)$/.test(this.#tail);
  }

  push(chunk: Buffer): number {
    const before = this.#tail;
    const text = before + chunk.toString("latin1");
    this.#tail = text.slice(-longestEnd);
    for (const match of text.matchAll(eventEnd)) {
      const end = match.index + match[0].length - before.length;
      if (end > 0) return end;
    }
    return -1;
  }

  /** Only the last bytes are looked at. */
  follow(chunk: Buffer): void {
    this.#tail = (this.#tail + chunk.subarray(-longestEnd).toString("latin1")).slice(-longestEnd);
  }
}
