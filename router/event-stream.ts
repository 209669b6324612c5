const eventEnd = /\r\n\r\n|\n\n|\r\r/g;
const longestEnd = 4;

export const isEventStream = (contentType: string | undefined): boolean =>
  /^text\/event-stream\b/i.test(contentType ?? "");

/** Follows server-sent events without keeping any, to know where one ends. */
export class EventTail {
  #tail = "";

  /** Whether no event is under way. */
  get betweenEvents(): boolean {
    return this.#tail === "" || /(\r\n\r\n|\n\n|\r\r)$/.test(this.#tail);
  }

  /** Follows a chunk; returns the offset after the first event that ends in it, or -1. */
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

  /** The same for who does not ask where: only the last bytes are looked at. */
  follow(chunk: Buffer): void {
    this.#tail = (this.#tail + chunk.subarray(-longestEnd).toString("latin1")).slice(-longestEnd);
  }
}
