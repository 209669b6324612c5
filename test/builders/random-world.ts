import type { Desired } from "../../core/desired";
import { streamCloseMs } from "../../core/drain";
import type { Observed, ObservedInstance } from "../../core/observed";
import { plan } from "../../core/plan";
import type { Step } from "../../core/step";

/** What may happen to one instance. */
type Touch = "ready" | "crash" | "finish" | "request" | "stream" | "vanish";

/** One thing that happens to an app. `pick` chooses among what there is. */
export type Happening =
  | { what: "plan"; outcomes: boolean[] }
  | { what: Touch; pick: number }
  | { what: "acknowledge" | "push" | "restart" }
  | { what: "scale"; type: string; quantity: number }
  | { what: "pass"; ms: number };

interface SimRelease {
  id: string;
  version: number;
  state: "pending" | "proven" | "failed";
  createdAt: number;
}

/**
 * An app in a world where anything may happen between two looks: steps that fail half-way, instances that crash or vanish, routers that
 * acknowledge late. It applies what the planner wants and throws when a step breaks a promise.
 */
export class RandomWorld {
  now = 1_000_000;
  readonly releases: SimRelease[] = [];
  instances: ObservedInstance[] = [];
  targets: string[] = [];
  acknowledged = true;
  /** Requests and streams; `streams` are those of them that are streams. */
  readonly inFlight: Record<string, number> = {};
  readonly streams: Record<string, number> = {};
  readonly quantities: Record<string, number> = { web: 1 };
  generation = 1;
  #crashes: Observed["crashes"] = [];
  #serial = 0;

  happen(happening: Happening): void {
    switch (happening.what) {
      case "plan":
        this.#carryOut(happening.outcomes);
        break;
      case "push":
        this.#push();
        break;
      case "scale":
        this.quantities[happening.type] = happening.quantity;
        break;
      case "restart":
        this.generation += 1;
        break;
      case "pass":
        this.now += happening.ms;
        break;
      case "acknowledge":
        this.acknowledged = true;
        break;
      default:
        this.#happenTo(happening.what, happening.pick);
    }
  }

  /** Nothing bad happens any more: true when it converges, and to what is wanted. */
  settles(): boolean {
    for (let round = 0; round < 400; round += 1) {
      for (const id of Object.keys(this.inFlight)) this.#finish(id);
      this.acknowledged = true;
      const steps = this.plan();
      if (steps.length === 0) return this.#isAsWanted();
      this.#apply(steps.filter((step) => step.kind !== "wait"));
      const wait = steps.find((step) => step.kind === "wait");
      if (wait && steps.length === 1) this.now = Math.max(this.now, wait.until);
      for (const instance of this.instances)
        if (instance.state !== "exited" && instance.readyAt === null) instance.readyAt = this.now;
      this.now += 10;
    }
    return false;
  }

  plan(): Step[] {
    const before = JSON.stringify([this.desired(), this.observed()]);
    const [desired, observed] = [this.desired(), this.observed()];
    const steps = plan(desired, observed);
    if (JSON.stringify([desired, observed]) !== before)
      throw new Error("the planner changed what it was given");
    return steps;
  }

  desired(): Desired {
    const proven = this.releases.findLast((release) => release.state === "proven") ?? null;
    const release = this.releases.findLast((one) => one.state !== "failed") ?? null;
    return {
      appId: "app",
      release:
        release && release.state !== "failed"
          ? { id: release.id, version: release.version, state: release.state, createdAt: release.createdAt }
          : null,
      fallbackReleaseId: proven?.id ?? null,
      instances: release
        ? Object.entries(this.quantities).flatMap(([type, quantity]) =>
            Array.from({ length: quantity }, (_, index) => ({
              type,
              slot: index + 1,
              specHash: `${release.id}/${this.generation}`,
            })),
          )
        : [],
      singletons: ["clock"],
      startLimitMs: 60_000,
      drainLimitMs: 30_000,
      streamDrainLimitMs: 5_000,
    };
  }

  observed(): Observed {
    return {
      now: this.now,
      instances: this.instances.map((instance) => ({ ...instance })),
      crashes: this.#crashes.map((crash) => ({ ...crash })),
      table: { targets: [...this.targets], acknowledged: this.acknowledged },
      inFlight: { ...this.inFlight },
      streams: { ...this.streams },
    };
  }

  #push(): void {
    const last = this.releases.at(-1);
    if (last?.state === "pending") last.state = "failed";
    const version = this.releases.length + 1;
    this.releases.push({ id: `r${version}`, version, state: "pending", createdAt: this.now });
  }

  #happenTo(what: Touch, pick: number): void {
    const instance = this.instances[pick % Math.max(1, this.instances.length)];
    if (!instance) return;
    if (what === "ready" && instance.state === "running") instance.readyAt ??= this.now;
    if (what === "crash" && instance.state !== "exited") this.#exit(instance);
    if (what === "vanish") this.instances = this.instances.filter((one) => one !== instance);
    if ((what === "request" || what === "stream") && this.targets.includes(instance.id)) {
      this.inFlight[instance.id] = (this.inFlight[instance.id] ?? 0) + 1;
      if (what === "stream") this.streams[instance.id] = (this.streams[instance.id] ?? 0) + 1;
    }
    if (what === "finish") this.#finish(instance.id);
  }

  #finish(id: string): void {
    delete this.inFlight[id];
    delete this.streams[id];
  }

  #exit(instance: ObservedInstance): void {
    instance.state = "exited";
    instance.exitCode = 1;
    this.#finish(instance.id);
  }

  /** A plan's steps run side by side; each may fail, leaving nothing done. */
  #carryOut(outcomes: boolean[]): void {
    const steps = this.plan();
    const exclusive = steps.find((step) => ["publish", "prove", "abandon"].includes(step.kind));
    const started = steps.filter(
      (step) => !["publish", "prove", "abandon"].includes(step.kind) || step === exclusive,
    );
    this.#apply(started.filter((_, index) => outcomes[index % Math.max(1, outcomes.length)] ?? true));
  }

  #apply(steps: Step[]): void {
    for (const step of steps) this.#check(step);
    for (const step of steps) this.#do(step);
  }

  #do(step: Step): void {
    if (step.kind === "start") this.#start(step);
    if (step.kind === "publish") this.#publish(step.instanceIds);
    if (step.kind === "prove" || step.kind === "abandon") {
      const release = this.releases.find((one) => one.id === step.releaseId);
      if (release?.state === "pending") release.state = step.kind === "prove" ? "proven" : "failed";
    }
    if (step.kind === "stop") this.#stop(step.instanceId, step.why);
  }

  #start(step: Step & { kind: "start" }): void {
    const { type, slot, specHash, releaseId } = step;
    this.#serial += 1;
    this.instances.push({
      id: `i${this.#serial}`,
      type,
      slot,
      specHash,
      releaseId,
      state: "running",
      startedAt: this.now,
      readyAt: null,
      exitCode: null,
      leftRotationAt: null,
    });
  }

  #publish(ids: string[]): void {
    for (const instance of this.instances)
      if (this.targets.includes(instance.id) && !ids.includes(instance.id))
        instance.leftRotationAt = this.now;
    this.targets = ids;
    this.acknowledged = false;
  }

  #stop(id: string, why: string): void {
    const instance = this.instances.find((one) => one.id === id);
    this.instances = this.instances.filter((one) => one.id !== id);
    this.#finish(id);
    if (!instance || why === "replaced") return;
    const { type, slot, specHash } = instance;
    const known = this.#crashes.find(
      (one) => one.type === type && one.slot === slot && one.specHash === specHash,
    );
    this.#crashes = this.#crashes.filter((one) => one !== known);
    this.#crashes.push({ type, slot, specHash, count: (known?.count ?? 0) + 1, lastAt: this.now });
  }

  /** The promises. */
  #check(step: Step): void {
    if (step.kind === "publish") this.#checkPublish(step);
    if (step.kind === "stop") this.#checkStop(step.instanceId);
    if (step.kind === "start") this.#checkStart(step);
    if (step.kind === "prove") this.#checkProve();
  }

  #checkPublish(step: Step & { kind: "publish" }): void {
    for (const id of step.instanceIds) {
      const instance = this.instances.find((one) => one.id === id);
      if (instance?.state !== "running" || instance.type !== "web")
        throw new Error(`publishes ${id}, which does not live`);
      if (instance.readyAt === null) throw new Error(`publishes ${id}, which is not ready`);
    }
    const living = this.targets.filter((id) =>
      this.instances.some((one) => one.id === id && one.state === "running"),
    );
    const webWanted = this.desired().instances.some((one) => one.type === "web");
    if (step.instanceIds.length === 0 && living.length > 0 && webWanted)
      throw new Error("empties a living rotation");
    const releases = new Set(
      step.instanceIds.map((id) => this.instances.find((one) => one.id === id)?.releaseId),
    );
    const isPending = this.desired().release?.state === "pending";
    if (isPending && !step.switches && releases.has(this.desired().release?.id)) {
      const before = new Set(this.targets);
      if (step.instanceIds.some((id) => !before.has(id)))
        throw new Error("lets a pending release in before its switch");
    }
  }

  #checkStop(id: string): void {
    if (this.targets.includes(id)) throw new Error(`stops ${id}, which is in the rotation`);
    const instance = this.instances.find((one) => one.id === id);
    if (!instance || instance.state === "exited" || instance.leftRotationAt === null) return;
    const leftMs = this.now - instance.leftRotationAt;
    const streams = this.streams[id] ?? 0;
    const busy = (this.inFlight[id] ?? 0) > streams || !this.acknowledged;
    if (busy && leftMs < 30_000) throw new Error(`stops ${id} with requests in flight`);
    // The routers close streams at their limit; the app must not be told to end before they had the time for it.
    if (streams > 0 && leftMs < 5_000 + streamCloseMs) throw new Error(`stops ${id} with open streams`);
  }

  #checkStart(step: Step & { kind: "start" }): void {
    const alive = this.instances.filter((one) => one.state !== "exited" && one.type === step.type);
    if (step.type === "clock" && alive.length > 0) throw new Error("starts a second clock");
    if (alive.some((one) => one.slot === step.slot && one.specHash === step.specHash))
      throw new Error("starts what is there already");
  }

  #checkProve(): void {
    const { instances } = this.desired();
    for (const wanted of instances) {
      const found = this.instances.some(
        (one) =>
          one.type === wanted.type &&
          one.slot === wanted.slot &&
          one.specHash === wanted.specHash &&
          one.readyAt !== null,
      );
      if (!found) throw new Error(`proves a release whose ${wanted.type}.${wanted.slot} is not ready`);
    }
    if (!this.acknowledged) throw new Error("proves a release that a router has not heard of");
  }

  #isAsWanted(): boolean {
    const { instances, release } = this.desired();
    const key = (one: { type: string; slot: number; specHash: string }) =>
      `${one.type}.${one.slot}:${one.specHash}`;
    const wanted = instances.map(key).sort();
    const running = this.instances.map(key).sort();
    const web = this.instances.filter((one) => one.type === "web").map((one) => one.id);
    return (
      release?.state !== "pending" &&
      JSON.stringify(wanted) === JSON.stringify(running) &&
      JSON.stringify([...web].sort()) === JSON.stringify([...this.targets].sort())
    );
  }
}
