import type { Desired, DesiredBake, DesiredInstance } from "../../core/desired";
import { streamCloseMs } from "../../core/drain";
import type { Observed, ObservedCommand, ObservedInstance } from "../../core/observed";
import { mayBeRouted, plan } from "../../core/plan";
import type { Step } from "../../core/step";

/** What may happen to one instance. */
type Touch = "sicken" | "ready" | "crash" | "finish" | "request" | "stream" | "vanish";

/** One thing that happens to an app. `pick` chooses among what there is. */
export type Happening =
  | { what: "plan"; outcomes: boolean[] }
  | { what: Touch; pick: number }
  | { what: "acknowledge" | "push" | "push-with-command" | "restart" }
  | { what: "command-ends"; exitCode: number }
  | { what: "command-vanishes" | "command-noted" }
  | { what: "restart-place"; place: string }
  | { what: "bake-window"; on: boolean }
  | { what: "answers"; errors: number }
  | { what: "scale"; type: string; quantity: number }
  | { what: "pass"; ms: number };

interface SimRelease {
  id: string;
  version: number;
  state: "pending" | "proven" | "failed";
  createdAt: number;
  command: SimCommand | null;
}

/** What the platform has written down of a release command. */
interface SimCommand {
  startedAt: number | null;
  exitCode: number | null;
  starts: number;
}

/**
 * An app in a world where anything may happen between two looks: steps that fail half-way, instances that crash or vanish, routers that
 * acknowledge late. It applies what the planner wants and throws when a step breaks a promise.
 */
export class RandomWorld {
  now = 1_000_000;
  readonly releases: SimRelease[] = [];
  instances: ObservedInstance[] = [];
  commands: (ObservedCommand & { exitCode: number | null })[] = [];
  targets: string[] = [];
  acknowledged = true;
  /** Requests and streams; `streams` are those of them that are streams. */
  readonly inFlight: Record<string, number> = {};
  readonly streams: Record<string, number> = {};
  readonly quantities: Record<string, number> = { web: 1 };
  /** How long releases bake; null: not at all. */
  bakeMs: number | null = null;
  bake: DesiredBake | null = null;
  /** Of a hundred requests to the release that bakes, before that there was none. */
  errors = 0;
  generation = 1;
  readonly generations: Record<string, number> = {};
  /** Addresses as the store remembers them; an instance that vanished keeps its own until it is reaped. */
  #rows = new Map<string, { id: string; address: number; leftRotationAt: number | null }>();
  /** Where the routers send requests: what they acknowledged last. */
  #routed = new Map<string, number>();
  #crashes: Observed["crashes"] = [];
  #serial = 0;

  happen(happening: Happening): void {
    switch (happening.what) {
      case "plan":
        this.#carryOut(happening.outcomes);
        break;
      case "push":
      case "push-with-command":
        this.#push(happening.what === "push-with-command");
        break;
      case "command-ends":
        for (const one of this.commands) if (one.state === "running") endCommand(one, happening.exitCode);
        break;
      case "command-vanishes":
        this.commands = [];
        break;
      case "command-noted":
        this.#noteCommand();
        break;
      case "scale":
        this.quantities[happening.type] = happening.quantity;
        break;
      case "bake-window":
        this.bakeMs = happening.on ? 20_000 : null;
        if (!happening.on) this.bake = null;
        break;
      case "answers":
        this.errors = happening.errors;
        break;
      case "restart":
        this.generation += 1;
        break;
      case "restart-place":
        this.generations[happening.place] = (this.generations[happening.place] ?? 0) + 1;
        break;
      case "pass":
        this.now += happening.ms;
        break;
      case "acknowledge":
        this.#acknowledge();
        break;
      default:
        this.#happenTo(happening.what, happening.pick);
    }
  }

  /** Nothing bad happens any more: true when it converges, and to what is wanted. */
  settles(): boolean {
    return this.#quietUntil((steps) => steps.length === 0) && this.#isAsWanted();
  }

  /** Nothing bad happens until a release bakes; the one before it is proven. */
  bakes(): boolean {
    this.happen({ what: "push" });
    if (!this.settles()) return false;
    this.happen({ what: "bake-window", on: true });
    this.happen({ what: "push" });
    return this.#quietUntil(() => this.bake !== null);
  }

  #quietUntil(isReached: (steps: Step[]) => boolean): boolean {
    for (let round = 0; round < 400; round += 1) {
      for (const id of Object.keys(this.inFlight)) this.#finish(id);
      this.#acknowledge();
      this.#reap();
      const steps = this.plan();
      if (isReached(steps)) return true;
      this.#apply(steps.filter((step) => step.kind !== "wait"));
      const wait = steps.find((step) => step.kind === "wait");
      if (wait && steps.length === 1) this.now = Math.max(this.now, wait.until);
      for (const one of this.commands) if (one.state === "running") endCommand(one, 0);
      this.#noteCommand();
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
    const newest = this.releases.findLast((one) => one.state !== "failed") ?? null;
    const gate = newest?.state === "pending" && newest.command?.exitCode !== 0 ? newest.command : null;
    const release = gate ? proven : newest;
    return {
      appId: "app",
      command:
        newest && gate
          ? {
              releaseId: newest.id,
              version: newest.version,
              createdAt: newest.createdAt,
              limitMs: 90_000,
              ...gate,
            }
          : null,
      release:
        release && release.state !== "failed"
          ? { id: release.id, version: release.version, state: release.state, createdAt: release.createdAt }
          : null,
      fallbackReleaseId: proven?.id ?? null,
      bake: this.bake,
      instances: release
        ? Object.entries(this.quantities).flatMap(([type, quantity]) =>
            Array.from({ length: quantity }, (_, index) => ({
              type,
              slot: index + 1,
              specHash: `${release.id}/${this.generation}/${this.generations[`${type}.${index + 1}`] ?? 0}`,
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
      commands: this.commands.map((one) => ({ ...one })),
      crashes: this.#crashes.map((crash) => ({ ...crash })),
      table: { targets: [...this.targets], acknowledged: this.acknowledged },
      inFlight: { ...this.inFlight },
      streams: { ...this.streams },
      bake: this.bake && {
        fresh: { requests: 100, errors: this.errors, latency: [100] },
        before: { requests: 100, errors: 0, latency: [100] },
        countedMs: this.now - this.bake.startedAt,
      },
    };
  }

  #push(commanded: boolean): void {
    const last = this.releases.at(-1);
    if (last?.state === "pending") last.state = "failed";
    const version = this.releases.length + 1;
    this.releases.push({
      id: `r${version}`,
      version,
      state: "pending",
      createdAt: this.now,
      command: commanded ? { startedAt: null, exitCode: null, starts: 0 } : null,
    });
  }

  #happenTo(what: Touch, pick: number): void {
    const instance = this.instances[pick % Math.max(1, this.instances.length)];
    if (!instance) return;
    if (what === "ready" && instance.state === "running") instance.readyAt ??= this.now;
    if (what === "sicken" && instance.state === "running") instance.unhealthy = "failed its liveness check";
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
    this.#reap();
    const steps = this.plan();
    const isExclusive = (step: Step) => ["publish", "prove", "abandon", "endBake"].includes(step.kind);
    const exclusive = steps.find(isExclusive);
    const started = steps.filter((step) => !isExclusive(step) || step === exclusive);
    this.#apply(started.filter((_, index) => outcomes[index % Math.max(1, outcomes.length)] ?? true));
  }

  #apply(steps: Step[]): void {
    for (const step of steps) this.#check(step);
    this.#checkSurge(steps);
    this.#checkHealthStops(steps);
    for (const step of steps) this.#do(step);
  }

  #do(step: Step): void {
    if (step.kind === "start") this.#start(step);
    if (step.kind === "command") this.#command(step.releaseId);
    if (step.kind === "publish") this.#publish(step.instanceIds);
    if (step.kind === "prove" || step.kind === "abandon") {
      const release = this.releases.find((one) => one.id === step.releaseId);
      if (release?.state === "pending" && step.kind === "prove") this.#beginBake(release);
      if (release?.state === "pending") release.state = step.kind === "prove" ? "proven" : "failed";
    }
    if (step.kind === "endBake") this.#endBake(step.releaseId, step.outcome);
    if (step.kind === "stop") this.#stop(step.instanceId, step.why);
  }

  #beginBake({ id, version }: SimRelease): void {
    const old = this.releases.findLast((one) => one.state === "proven");
    const oldNames = old && { oldReleaseId: old.id, oldVersion: old.version };
    const times = { startedAt: this.now, endsAt: this.now + (this.bakeMs ?? 0) };
    this.bake = oldNames && this.bakeMs !== null ? { releaseId: id, version, ...oldNames, ...times } : null;
  }

  #endBake(id: string, outcome: "passed" | "failed"): void {
    const release = this.releases.find((one) => one.id === id);
    if (release && outcome === "failed") release.state = "failed";
    this.bake = null;
  }

  /** As the executor does it: made, written down, started. */
  #command(releaseId: string): void {
    const command = this.releases.find((one) => one.id === releaseId)?.command;
    if (!command) throw new Error(`runs a command that ${releaseId} does not have`);
    if (command.startedAt === null) {
      this.commands.push({ releaseId, state: "running", exitCode: null });
      command.starts += 1;
    }
    command.startedAt ??= this.now;
  }

  /** The executor sees that a command has ended. */
  #noteCommand(): void {
    for (const { releaseId, exitCode } of this.commands) {
      const release = this.releases.find((one) => one.id === releaseId);
      if (release?.command) release.command.exitCode ??= exitCode;
    }
  }

  #acknowledge(): void {
    this.acknowledged = true;
    this.#routed = new Map(this.targets.map((id) => [id, this.#rows.get(id)?.address ?? 0]));
  }

  /** As the runner does before it plans: frees the addresses of what is not there, if no router sends requests to them. */
  #reap(): void {
    const there = new Set(this.instances.map((one) => one.id));
    for (const row of this.#rows.values())
      if (!there.has(row.id) && !mayBeRouted(row, this.observed().table)) this.#rows.delete(row.id);
  }

  /** The lowest one: the worst choice where others still mean it. */
  #freeAddress(): number {
    const taken = new Set([...this.#rows.values()].map((row) => row.address));
    let address = 2;
    while (taken.has(address)) address += 1;
    return address;
  }

  #start(step: Step & { kind: "start" }): void {
    const { type, slot, specHash, releaseId } = step;
    this.#serial += 1;
    const address = this.#freeAddress();
    for (const [id, other] of this.#routed)
      if (other === address) throw new Error(`gives i${this.#serial} the address that routers know as ${id}`);
    this.#rows.set(`i${this.#serial}`, { id: `i${this.#serial}`, address, leftRotationAt: null });
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
      unhealthy: null,
      leftRotationAt: null,
    });
  }

  #publish(ids: string[]): void {
    for (const instance of this.instances)
      if (this.targets.includes(instance.id) && !ids.includes(instance.id))
        instance.leftRotationAt = this.now;
    for (const row of this.#rows.values())
      if (this.targets.includes(row.id) && !ids.includes(row.id)) row.leftRotationAt = this.now;
    this.targets = ids;
    this.acknowledged = false;
  }

  #stop(id: string, why: string): void {
    if (why === "over") this.commands = this.commands.filter((one) => one.releaseId !== id);
    const instance = this.instances.find((one) => one.id === id);
    this.instances = this.instances.filter((one) => one.id !== id);
    this.#rows.delete(id);
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
    if (step.kind === "stop") this.#checkStop(step);
    if (step.kind === "command") this.#checkCommand(step.releaseId);
    if (step.kind === "start") this.#checkStart(step);
    if (step.kind === "prove") this.#checkProve();
    if (step.kind === "endBake") this.#checkEndBake(step);
  }

  /** A bake is judged on its own release alone: good or bad figures, a crash, or the end of its time. */
  #checkEndBake({ releaseId, outcome, instanceId }: Step & { kind: "endBake" }): void {
    const newest = this.releases.findLast((one) => one.state !== "failed");
    if (this.bake?.releaseId !== releaseId) throw new Error("ends a bake that is not open");
    if (newest?.id !== releaseId) throw new Error("ends a bake while a newer release is pending");
    const { startedAt, endsAt } = this.bake;
    const isIts = (one: { specHash: string }) => one.specHash.startsWith(`${releaseId}/`);
    const lost =
      this.instances.some((one) => isIts(one) && (one.state === "exited" || one.unhealthy !== null)) ||
      this.#crashes.some((one) => isIts(one) && one.lastAt >= startedAt);
    if (instanceId !== null && !this.instances.some((one) => one.id === instanceId && isIts(one)))
      throw new Error("blames an instance of another release");
    if (outcome === "failed" && !lost && this.errors < 10) throw new Error("takes a good release back");
    if (outcome === "passed" && this.now < endsAt) throw new Error("ends a bake before its time");
    if (outcome === "passed" && this.errors >= 50) throw new Error("lets a bad release pass");
  }

  /** The old release's web instances wait while the new one bakes. */
  #checkWarm(instance: ObservedInstance): void {
    const isWarm =
      this.bake !== null &&
      instance.releaseId === this.bake.oldReleaseId &&
      instance.type === "web" &&
      instance.state === "running" &&
      instance.readyAt !== null &&
      instance.unhealthy === null;
    if (isWarm && this.desired().instances.some((one) => one.type === "web" && one.slot === instance.slot))
      throw new Error(`stops ${instance.id}, to which traffic may go back`);
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
    this.#checkTrust(step.instanceIds);
    const isPending = this.desired().release?.state === "pending";
    if (isPending && !step.switches && releases.has(this.desired().release?.id)) {
      const before = new Set(this.targets);
      if (step.instanceIds.some((id) => !before.has(id)))
        throw new Error("lets a pending release in before its switch");
    }
  }

  /** What failed gets no requests while something else can take them. */
  #checkTrust(ids: string[]): void {
    const { release } = this.desired();
    if (release?.state !== "proven") return;
    const stateOf = (id: string) => {
      const releaseId = this.instances.find((one) => one.id === id)?.releaseId;
      return this.releases.find((one) => one.id === releaseId)?.state;
    };
    if (ids.some((id) => stateOf(id) === "failed") && ids.some((id) => stateOf(id) === "proven"))
      throw new Error("routes to a release that failed beside one that is proven");
  }

  #checkCommand(releaseId: string): void {
    const release = this.releases.find((one) => one.id === releaseId);
    if (release?.state !== "pending") throw new Error("runs the command of a release that is not pending");
    const container = this.commands.find((one) => one.releaseId === releaseId);
    if (release.command?.startedAt !== null && !container) throw new Error("runs a command a second time");
  }

  #checkStop({ instanceId: id, why }: Step & { kind: "stop" }): void {
    const pending = this.releases.find((one) => one.state === "pending");
    if (why === "over" && pending?.id === id && pending.command?.exitCode === null)
      throw new Error("clears a command away that is not over");
    if (this.targets.includes(id)) throw new Error(`stops ${id}, which is in the rotation`);
    if (this.#routed.has(id)) throw new Error(`stops ${id}, which routers send requests to`);
    const instance = this.instances.find((one) => one.id === id);
    if (instance && pending?.command && pending.command.exitCode !== 0) this.#checkUntouched(instance);
    if (instance) this.#checkWarm(instance);
    if (!instance || instance.state === "exited" || instance.leftRotationAt === null) return;
    const leftMs = this.now - instance.leftRotationAt;
    const streams = this.streams[id] ?? 0;
    const busy = (this.inFlight[id] ?? 0) > streams || !this.acknowledged;
    if (busy && leftMs < 30_000) throw new Error(`stops ${id} with requests in flight`);
    // The routers close streams at their limit; the app must not be told to end before they had the time for it.
    if (streams > 0 && leftMs < 5_000 + streamCloseMs) throw new Error(`stops ${id} with open streams`);
  }

  /** While a command runs, what the proven release has ready and healthy stays. */
  #checkUntouched(instance: ObservedInstance): void {
    const { instances } = this.desired();
    const isIts = instances.some(
      (one) => one.type === instance.type && one.slot === instance.slot && one.specHash === instance.specHash,
    );
    const others = this.instances.filter(
      (one) => one.type === instance.type && one.slot === instance.slot && one.readyAt !== null,
    );
    const isWell = instance.state === "running" && instance.readyAt !== null && instance.unhealthy === null;
    if (isIts && isWell && others.length === 1)
      throw new Error(`stops ${instance.id} for a release whose command still runs`);
  }

  #checkStart(step: Step & { kind: "start" }): void {
    const release = this.releases.find((one) => one.id === step.releaseId);
    if (release?.command && release.command.exitCode !== 0)
      throw new Error("starts a release whose command has not succeeded");
    const alive = this.instances.filter((one) => one.state !== "exited" && one.type === step.type);
    if (step.type === "clock" && alive.length > 0) throw new Error("starts a second clock");
    if (
      alive.some((one) => one.slot === step.slot && one.specHash === step.specHash && one.unhealthy === null)
    )
      throw new Error("starts what is there already");
  }

  /** Of the two places a type has at most, one is replaced at a time while its older instance does its job. */
  #checkSurge(steps: Step[]): void {
    const { instances, release } = this.desired();
    if (release?.state !== "proven") return;
    const isOf = (one: ObservedInstance, wanted: DesiredInstance) =>
      one.type === wanted.type && one.slot === wanted.slot && one.state === "running";
    const isNew = (one: ObservedInstance, wanted: DesiredInstance) =>
      isOf(one, wanted) && one.specHash === wanted.specHash;
    const started = steps.filter((step) => step.kind === "start");
    for (const type of ["web", "worker"]) {
      const replaced = instances.filter(
        (wanted) =>
          wanted.type === type &&
          this.instances.some(
            (one) =>
              isOf(one, wanted) &&
              one.releaseId === release.id &&
              one.specHash !== wanted.specHash &&
              one.readyAt !== null,
          ) &&
          (started.some((step) => step.type === type && step.slot === wanted.slot) ||
            this.instances.some((one) => isNew(one, wanted) && one.readyAt === null)) &&
          !this.instances.some((one) => isNew(one, wanted) && one.readyAt !== null),
      );
      const before = replaced.filter(
        (wanted) => !started.some((step) => step.type === type && step.slot === wanted.slot),
      );
      if (replaced.length > Math.max(1, before.length)) throw new Error(`replaces two of ${type} at once`);
    }
  }

  /** Only one of a type is given up for its health, unless its successor is there. */
  #checkHealthStops(steps: Step[]): void {
    const { instances } = this.desired();
    const stopped = steps.flatMap((step) => {
      const found = this.instances.find((one) => step.kind === "stop" && one.id === step.instanceId);
      return step.kind === "stop" && step.why === "unhealthy" && found ? [found] : [];
    });
    const running = (wanted: DesiredInstance) =>
      this.instances.filter(
        (one) =>
          one.type === wanted.type &&
          one.slot === wanted.slot &&
          one.specHash === wanted.specHash &&
          one.state === "running" &&
          !stopped.includes(one),
      );
    for (const one of stopped) {
      const siblings = instances.filter((wanted) => wanted.type === one.type);
      if (siblings.some((wanted) => wanted.slot === one.slot && running(wanted).length > 0)) continue;
      const others = siblings.filter((wanted) => wanted.slot !== one.slot);
      if (others.some((wanted) => !running(wanted).some(({ readyAt }) => readyAt !== null)))
        throw new Error(`gives up ${one.id} for its health while another of ${one.type} is not ready`);
    }
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
    const { instances } = this.desired();
    const key = (one: { type: string; slot: number; specHash: string }) =>
      `${one.type}.${one.slot}:${one.specHash}`;
    const wanted = instances.map(key).sort();
    const running = this.instances.map(key).sort();
    const web = this.instances.filter((one) => one.type === "web").map((one) => one.id);
    return (
      this.releases.every((one) => one.state !== "pending" && (one.command?.starts ?? 0) <= 1) &&
      this.commands.length === 0 &&
      this.bake === null &&
      JSON.stringify(wanted) === JSON.stringify(running) &&
      JSON.stringify([...web].sort()) === JSON.stringify([...this.targets].sort())
    );
  }
}

function endCommand(command: RandomWorld["commands"][number], exitCode: number): void {
  command.state = "exited";
  command.exitCode = exitCode;
}
