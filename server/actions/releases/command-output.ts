import type { App } from "../../../core/app";
import { safeLines } from "../../../core/log-text";
import type { Release } from "../../../core/release";
import type { Store } from "../../store/store";
import type { Context } from "../context";

/** Reads what a release command has said so far, and later what it has said since. */
export class CommandOutput {
  #after = 0;

  constructor(
    readonly store: Store,
    readonly release: Release,
  ) {}

  /** Whole lines, in pieces, safe for terminals. */
  async *news(): AsyncGenerator<string> {
    for (;;) {
      const pieces = await this.store.commands.output(this.release.id, this.#after);
      for (const { id, text } of pieces) {
        this.#after = id;
        yield safeLines(text)
          .map((line) => `${line}\n`)
          .join("");
      }
      if (pieces.length === 0) return;
    }
  }
}

/** The kept output of a release's command; goes on as it comes while that runs. */
export async function* followCommand(
  ctx: Context,
  app: App,
  release: Release,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const output = new CommandOutput(ctx.store, release);
  for await (const _ of ctx.store.notices.changes(app.id, signal)) {
    const now = await ctx.store.releases.byVersion(app.id, release.version);
    yield* output.news();
    const goesOn = now?.state === "pending" && (now.command === "running" || now.command === "unstarted");
    if (!goesOn) return;
  }
}
