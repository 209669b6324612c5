/** The answer to what cannot be understood, or not safely. */
export type RefusalStatus = 400 | 408 | 413 | 417 | 431 | 501 | 505;

/** A message that is not what HTTP/1.1 allows. Its connection cannot be used further: nobody knows where the next message begins. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly status: RefusalStatus,
    /** For people; holds nothing of what was sent. */
    message: string,
  ) {
    super(message);
  }
}

/** 400 for what the grammar does not allow. */
export const malformed = (what: string): Refusal => new Refusal(400, what);

/** 431 for what is longer than the limits. */
export const tooLarge = (what: string): Refusal => new Refusal(431, what);
