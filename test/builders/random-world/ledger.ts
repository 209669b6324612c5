import type { Desired, DesiredBake, DesiredCommand, DesiredInstance } from "../../../core/desired";
import type { StepOf } from "../../../core/step";

export interface SimRelease {
  id: string;
  version: number;
  state: "pending" | "proven" | "failed";
  createdAt: number;
  command: SimCommand | null;
}

/** What the platform has written down of a release command. */
export interface SimCommand {
  startedAt: number | null;
  exitCode: number | null;
  starts: number;
}

/** What people and platform have written down of the app: releases, formation, the open bake. */
export class Ledger {
  readonly releases: SimRelease[] = [];
  readonly quantities: Record<string, number> = { web: 1 };
  generation = 1;
  readonly generations: Record<string, number> = {};
  /** How long releases bake; null: not at all. */
  bakeMs: number | null = null;
  bake: DesiredBake | null = null;

  release(id: string | undefined): SimRelease | undefined {
    return this.releases.find((one) => one.id === id);
  }

  get pending(): SimRelease | undefined {
    return this.releases.find((one) => one.state === "pending");
  }

  push(now: number, commanded: boolean): void {
    const last = this.releases.at(-1);
    if (last?.state === "pending") last.state = "failed";
    const version = this.releases.length + 1;
    const command = commanded ? { startedAt: null, exitCode: null, starts: 0 } : null;
    this.releases.push({ id: `r${version}`, version, state: "pending", createdAt: now, command });
  }

  /** Does nothing to one that is no longer pending, as the store. */
  prove(id: string, now: number): void {
    const release = this.release(id);
    if (release?.state !== "pending") return;
    const old = this.releases.findLast((one) => one.state === "proven");
    release.state = "proven";
    this.bake =
      old && this.bakeMs !== null
        ? {
            releaseId: id,
            version: release.version,
            oldReleaseId: old.id,
            oldVersion: old.version,
            startedAt: now,
            endsAt: now + this.bakeMs,
          }
        : null;
  }

  abandon(id: string): void {
    const release = this.release(id);
    if (release?.state === "pending") release.state = "failed";
  }

  /** Does nothing when that bake is no longer open. */
  endBake(id: string, outcome: StepOf<"endBake">["outcome"]): void {
    if (this.bake?.releaseId !== id) return;
    const release = this.release(id);
    if (release && outcome === "failed") release.state = "failed";
    this.bake = null;
  }

  restart(place: string | null): void {
    if (place === null) this.generation += 1;
    else this.generations[place] = (this.generations[place] ?? 0) + 1;
  }

  desired(): Desired {
    const proven = this.releases.findLast((one) => one.state === "proven") ?? null;
    const newest = this.releases.findLast((one) => one.state !== "failed") ?? null;
    const command = newest?.state === "pending" ? commandOf(newest) : null;
    const release = command ? proven : newest;
    return {
      appId: "app",
      command,
      release:
        release && release.state !== "failed"
          ? { id: release.id, version: release.version, state: release.state, createdAt: release.createdAt }
          : null,
      fallbackReleaseId: proven?.id ?? null,
      bake: this.bake,
      instances: release ? this.#wanted(release) : [],
      singletons: ["clock"],
      startLimitMs: 60_000,
      drainLimitMs: 30_000,
      streamDrainLimitMs: 5_000,
    };
  }

  #wanted({ id }: SimRelease): DesiredInstance[] {
    return Object.entries(this.quantities).flatMap(([type, quantity]) =>
      Array.from({ length: quantity }, (_, index) => ({
        type,
        slot: index + 1,
        specHash: `${id}/${this.generation}/${this.generations[`${type}.${index + 1}`] ?? 0}`,
      })),
    );
  }
}

function commandOf({ id, version, createdAt, command }: SimRelease): DesiredCommand | null {
  if (!command || command.exitCode === 0) return null;
  const { startedAt, exitCode } = command;
  return { releaseId: id, version, createdAt, limitMs: 90_000, startedAt, exitCode };
}
