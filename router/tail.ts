/** Follows the body of an answer without keeping any of it, to know where it may end. */
export interface Tail {
  /** Whether no event or message is under way. */
  readonly isBetween: boolean;
  /** Follows a chunk; returns the offset after the first event or message that ends in it, or -1. */
  push(chunk: Buffer): number;
  /** The same for who does not ask where. */
  follow(chunk: Buffer): void;
}
