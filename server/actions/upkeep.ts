import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../core/error";
import { type TidyLimits, tidy, tidyLimits } from "../repositories/tidy";
import type { Context } from "./context";

type UpkeepContext = Pick<Context, "store" | "repositories" | "log"> & {
  deploys: Pick<Context["deploys"], "newestOf">;
};

const everyMs = 60 * 60_000;

/** Keeps the apps' repositories from growing with each push: looks at them every hour, one at a time, and never at one with a deploy under way. */
export class Upkeep {
  readonly #ctx: UpkeepContext;
  readonly #limits: TidyLimits;
  readonly #closing = new AbortController();

  constructor(ctx: UpkeepContext, limits = tidyLimits) {
    this.#ctx = ctx;
    this.#limits = limits;
  }

  start(): void {
    void this.#loop();
  }

  /** A git that is at work goes on to its end. */
  close(): void {
    this.#closing.abort();
  }

  /** One look at all repositories; one that is broken keeps nobody from the next. */
  async pass(): Promise<void> {
    const { store, repositories, deploys } = this.#ctx;
    for (const app of await store.apps.list()) {
      if (this.#closing.signal.aborted) return;
      if (deploys.newestOf(app.id) === null)
        await tidy(repositories, app.id, this.#limits).catch((error: unknown) => this.#report(error, app.id));
    }
  }

  async #loop(): Promise<void> {
    const { signal } = this.#closing;
    const rest = () => sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    for (await rest(); !signal.aborted; await rest())
      await this.pass().catch((error: unknown) => this.#report(error));
  }

  #report(error: unknown, app?: string): void {
    this.#ctx.log.warn(
      { app, err: messageOf(error) },
      "a repository could not be tidied; trying again in an hour",
    );
  }
}
