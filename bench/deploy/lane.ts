/** When things happened, measured from the start of `git push`. */
export interface Timing {
  /** The first answer that shows the change. */
  servedMs: number;
  /** The end of `git push`. */
  pushedMs: number;
}

/** One of the two ways to deploy that are compared. */
export interface Lane {
  /** Changes one line, commits, and measures the push of it; throws when it is not served in the end. */
  push(): Promise<Timing>;
  stop(): Promise<void>;
}
