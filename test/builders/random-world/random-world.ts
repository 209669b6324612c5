import { placeName } from "../../../core/instance";
import type { Step } from "../../../core/step";
import type { Happening } from "./happening";
import { Loop } from "./loop";
import { type Planner, thePlanner } from "./planner";
import { checkState, checkSteps } from "./promises";
import { SimWorld } from "./world";

const patienceRounds = 400;

export interface WorldOptions {
  planner?: Planner;
  /**
   * Two servers act at once, as the platform's lock never lets them. Each then acts on what the other has changed meanwhile, so what a single
   * one promises does not hold; but no command runs twice, and what is wanted comes about once one of them is left.
   */
  racing?: boolean;
}

/**
 * An app in a world where anything may happen between two looks, and in the midst of them: steps that fail half-way, news that is lost,
 * servers that die, instances that crash or vanish, routers that acknowledge late. It throws when a promise is broken.
 */
export class RandomWorld {
  readonly world = new SimWorld();
  readonly #planner: Planner;
  readonly #racing: boolean;
  readonly #loops: Loop[];

  constructor({ planner = thePlanner, racing = false }: WorldOptions = {}) {
    this.#planner = planner;
    this.#racing = racing;
    this.#loops = racing ? [this.#newLoop(), this.#newLoop()] : [this.#newLoop()];
  }

  happen(happening: Happening): void {
    if ("loop" in happening) this.#schedule(happening);
    else this.world.happen(happening);
    if (!this.#racing) checkState(this.world);
  }

  /** Nothing bad happens any more, and one server acts: true when it converges, and to what is wanted. */
  settles(): boolean {
    for (const loop of this.#loops) loop.landAll([]);
    return this.#quietUntil((steps) => steps.length === 0) && this.#isAsWanted();
  }

  /** Nothing bad happens until a release bakes; the one before it is proven. */
  bakes(): boolean {
    this.happen({ what: "push" });
    if (!this.settles()) return false;
    this.happen({ what: "bake-window", on: true });
    this.happen({ what: "push" });
    return this.#quietUntil(() => this.world.ledger.bake !== null);
  }

  /** A release is pushed of which no instance starts, or none becomes ready: true when it is abandoned in the end. */
  abandons(starts: boolean): boolean {
    for (const loop of this.#loops) loop.landAll([]);
    this.happen({ what: "scale", type: "web", quantity: 1 });
    this.happen({ what: "push" });
    const release = this.world.ledger.releases.at(-1);
    const loop = this.#newLoop();
    for (let round = 0; round < patienceRounds && release?.state === "pending"; round += 1) {
      this.world.acknowledge();
      loop.look();
      loop.landEach(({ kind }) => (kind === "start" && !starts ? "failed" : "done"));
      this.world.now += 15_000;
    }
    return release?.state === "failed";
  }

  #newLoop(): Loop {
    const witness = this.#racing ? () => undefined : (steps: Step[]) => checkSteps(this.world, steps);
    return new Loop(this.world, this.#planner, witness);
  }

  #schedule(happening: Happening & { loop: number }): void {
    const index = happening.loop % this.#loops.length;
    const loop = this.#loops[index];
    if (!loop) return;
    if (happening.what === "look") loop.look(happening.meanwhile);
    if (happening.what === "land") loop.land(happening.pick, happening.outcome);
    if (happening.what === "plan") {
      loop.look();
      loop.landAll(happening.outcomes);
    }
    if (happening.what === "die") {
      loop.landAll(happening.outcomes);
      this.#loops[index] = this.#newLoop();
    }
  }

  #quietUntil(isReached: (steps: Step[]) => boolean): boolean {
    const loop = this.#newLoop();
    for (let round = 0; round < patienceRounds; round += 1) {
      this.world.calm();
      const steps = loop.look() ?? [];
      if (isReached(steps)) return true;
      loop.landAll([]);
      const [wait] = steps;
      if (wait?.kind === "wait" && steps.length === 1) this.world.now = Math.max(this.world.now, wait.until);
      this.world.now += 10;
    }
    return false;
  }

  #isAsWanted(): boolean {
    const { ledger, instances, commands, routers } = this.world;
    const keys = (all: { type: string; slot: number; specHash: string }[]) =>
      all
        .map((one) => `${placeName(one)}:${one.specHash}`)
        .sort()
        .join();
    const web = instances.all.filter((one) => one.type === "web").map((one) => one.id);
    return (
      ledger.releases.every((one) => one.state !== "pending" && (one.command?.starts ?? 0) <= 1) &&
      commands.containers.length === 0 &&
      ledger.bake === null &&
      routers.mode !== "hold" &&
      keys(ledger.desired().instances) === keys(instances.all) &&
      web.sort().join() === [...routers.targets].sort().join()
    );
  }
}
