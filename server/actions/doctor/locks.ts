import { type Finding, warning, well } from "../../../core/doctor";
import { locksOlderThan, removeLock, type StaleLock } from "../../repositories/stale-locks";
import type { Context } from "../context";
import type { Check } from "./check";

/** Longer than any release may hold its ref's lock: builds hold none, and a release has its time limits. */
const staleMs = 2 * 60 * 60_000;

export const locksCheck: Check = {
  name: "locks",
  look: async (ctx) => judgeLocks(await staleLocks(ctx)),
  async fix(ctx) {
    const done: string[] = [];
    for (const { app, lock } of await staleLocks(ctx)) {
      await removeLock(lock);
      done.push(`removed ${lock.file} of ${app}'s repository`);
    }
    return done;
  },
};

interface AppLock {
  app: string;
  lock: StaleLock;
}

async function staleLocks(ctx: Context): Promise<AppLock[]> {
  const found: AppLock[] = [];
  for (const app of await ctx.store.apps.list())
    for (const lock of await locksOlderThan(ctx.repositories.path(app.id), staleMs, Date.now()))
      found.push({ app: app.name, lock });
  return found;
}

export function judgeLocks(locks: AppLock[]): Finding[] {
  if (locks.length === 0) return [well("locks", "no ref of a repository is locked by what has ended")];
  return locks.map(({ app, lock }) =>
    warning("locks", {
      what: `${lock.file} in the repository of ${app}, ${Math.round(lock.ageMs / 3_600_000)} h old`,
      meaning: "Pushes to that branch are refused as long as it is there.",
      remedy: "paas doctor --fix removes it.",
      fixable: true,
    }),
  );
}
