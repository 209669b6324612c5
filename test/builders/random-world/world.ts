import type { Desired } from "../../../core/desired";
import type { Observed, ObservedInstance } from "../../../core/observed";
import { Addresses } from "./addresses";
import { Commands } from "./commands";
import type { Happening, Touch } from "./happening";
import { Instances } from "./instances";
import { Ledger } from "./ledger";
import type { Planner } from "./planner";
import { Routers } from "./routers";

/** An app and all that is around it, where anything may happen but what the scheduler does. */
export class SimWorld {
  now = 1_000_000;
  readonly ledger = new Ledger();
  readonly instances = new Instances();
  readonly addresses = new Addresses();
  readonly routers = new Routers();
  readonly commands = new Commands();
  /** Of a hundred requests to the release that bakes; before that there was none. */
  errors = 0;

  happen(happening: Exclude<Happening, { loop: number }>): void {
    switch (happening.what) {
      case "push":
      case "push-with-command":
        this.ledger.push(this.now, happening.what === "push-with-command");
        break;
      case "command-ends":
        this.commands.end(happening.exitCode);
        break;
      case "command-vanishes":
        this.commands.containers = [];
        break;
      case "command-noted":
        this.commands.note(this.ledger);
        break;
      case "scale":
        this.ledger.quantities[happening.type] = happening.quantity;
        break;
      case "bake-window":
        this.ledger.bakeMs = happening.on ? 20_000 : null;
        if (!happening.on) this.ledger.bake = null;
        break;
      case "answers":
        this.errors = happening.errors;
        break;
      case "restart":
        this.ledger.restart(null);
        break;
      case "restart-place":
        this.ledger.restart(happening.place);
        break;
      case "pass":
        this.now += happening.ms;
        break;
      case "acknowledge":
        this.acknowledge();
        break;
      case "engine-ends":
        this.routers.finishAll();
        this.instances.loseAll();
        break;
      default:
        this.#touch(happening.what, happening.pick);
    }
  }

  desired(): Desired {
    return this.ledger.desired();
  }

  /** `unwritten`: ids of what is being told to end, of which the ledger does not say so yet. */
  observed(unwritten: string[] = []): Observed {
    const { bake } = this.ledger;
    return {
      now: this.now,
      instances: this.instances.all.map((one) => ({
        ...one,
        state: this.#isEnding(one, unwritten) ? "ending" : one.state,
        leftRotationAt: this.addresses.leftRotationAt(one.id),
      })),
      commands: this.commands.containers.map((one) => ({ ...one })),
      crashes: this.instances.crashes.map((crash) => ({ ...crash })),
      table: {
        mode: this.routers.mode,
        targets: [...this.routers.targets],
        acknowledged: this.routers.acknowledged,
      },
      inFlight: { ...this.routers.inFlight },
      streams: { ...this.routers.streams },
      bake: bake && {
        fresh: { requests: 100, errors: this.errors, latency: [100] },
        before: { requests: 100, errors: 0, latency: [100] },
        countedMs: this.now - bake.startedAt,
      },
    };
  }

  #isEnding({ id, state }: ObservedInstance, unwritten: string[]): boolean {
    return state === "running" && this.instances.told.has(id) && !unwritten.includes(id);
  }

  acknowledge(): void {
    this.routers.acknowledge((id) => this.addresses.of(id));
  }

  reap({ mayBeRouted }: Planner): void {
    const there = new Set(this.instances.all.map((one) => one.id));
    this.addresses.reap(there, this.observed().table, mayBeRouted);
  }

  /** What makes for an end to everything: requests end, commands succeed, instances become ready. */
  calm(): void {
    this.routers.finishAll();
    this.acknowledge();
    this.commands.end(0);
    this.commands.note(this.ledger);
    for (const one of this.instances.all) if (one.state === "running") one.readyAt ??= this.now;
  }

  #touch(what: Touch, pick: number): void {
    const { all } = this.instances;
    const instance = all[pick % Math.max(1, all.length)];
    if (!instance) return;
    const runs = instance.state === "running";
    if (what === "ready" && runs) instance.readyAt ??= this.now;
    if (what === "sicken" && runs) instance.unhealthy = "failed its liveness check";
    if (what === "crash" && runs) this.instances.exit(instance);
    if (what === "vanish") this.instances.remove(instance.id);
    if (what === "request" || what === "stream") this.routers.begin(instance.id, what === "stream");
    if (what === "crash" || what === "finish") this.routers.finish(instance.id);
  }
}
