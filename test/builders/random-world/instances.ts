import { type Place, placeName } from "../../../core/instance";
import type { CrashRecord, ObservedInstance } from "../../../core/observed";
import type { StepOf } from "../../../core/step";

/** The containers, and what is remembered of those that crashed. */
export class Instances {
  all: ObservedInstance[] = [];
  crashes: CrashRecord[] = [];
  /** Ids of those that were told to end. */
  readonly told = new Set<string>();
  readonly #counted = new Set<string>();
  #serial = 0;

  find(id: string): ObservedInstance | undefined {
    return this.all.find((one) => one.id === id);
  }

  /** Those of a place that run and were not told to end. */
  serving({ type, slot }: Place): ObservedInstance[] {
    return this.all.filter(
      (one) => one.type === type && one.slot === slot && one.state === "running" && !this.told.has(one.id),
    );
  }

  get nextId(): string {
    return `i${this.#serial + 1}`;
  }

  /** Its container is made; it does not run yet. */
  create({ type, slot, specHash, releaseId }: StepOf<"start">, now: number): ObservedInstance {
    this.#serial += 1;
    const made: ObservedInstance = {
      id: `i${this.#serial}`,
      type,
      slot,
      specHash,
      releaseId,
      state: "created",
      startedAt: now,
      readyAt: null,
      exitCode: null,
      lost: false,
      unhealthy: null,
      leftRotationAt: null,
    };
    this.all.push(made);
    return made;
  }

  exit(instance: ObservedInstance): void {
    instance.state = "exited";
    instance.exitCode = 1;
  }

  /** Their engine ends, and they with it. */
  loseAll(): void {
    for (const one of this.all)
      if (one.state === "running") Object.assign(one, { state: "exited", lost: true });
  }

  remove(id: string): void {
    this.all = this.all.filter((one) => one.id !== id);
  }

  /** Each instance counts once, however often its stop is tried. */
  countCrash(instance: ObservedInstance, now: number): void {
    if (this.#counted.has(instance.id)) return;
    this.#counted.add(instance.id);
    const { type, slot, specHash } = instance;
    const known = this.crashes.find(
      (one) => placeName(one) === placeName(instance) && one.specHash === specHash,
    );
    this.crashes = this.crashes.filter((one) => one !== known);
    this.crashes.push({ type, slot, specHash, count: (known?.count ?? 0) + 1, lastAt: now });
  }
}
