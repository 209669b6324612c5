import type { Step } from "../../../core/step";
import type { Outcome } from "./happening";
import type { Planner } from "./planner";
import { begin, land, type UnderWay } from "./steps";
import type { SimWorld } from "./world";

/** Hears of what is to begin, before it does: all of one plan. */
export type Witness = (steps: Step[]) => void;

/** One server's loop over the app, as the runner is: what it does is real code, what its steps do is the world's. */
export class Loop {
  readonly #world: SimWorld;
  readonly #planner: Planner;
  readonly #witness: Witness;
  #underWay: UnderWay[] = [];

  constructor(world: SimWorld, planner: Planner, witness: Witness) {
    this.#world = world;
    this.#planner = planner;
    this.#witness = witness;
  }

  get idle(): boolean {
    return this.#underWay.length === 0;
  }

  /** A look and what follows from it; one of the steps under way may end in its midst. Returns the plan, null when the look was worthless. */
  look(meanwhile: Outcome | null = null): Step[] | null {
    const { plan, besides, isVisible, keyOf } = this.#planner;
    const visible = this.#underWay.map(({ step }) => step).filter(isVisible);
    const [desired, observed] = [this.#world.desired(), this.#world.observed(this.#told())];
    if (meanwhile !== null) this.land(0, meanwhile);
    const steps = this.#underWay.map(({ step }) => keyOf(step));
    if (visible.some((step) => !steps.includes(keyOf(step)))) return null;
    if (!visible.some((step) => step.kind === "start")) this.#world.reap(this.#planner);
    const seen = besides(observed, visible);
    const before = JSON.stringify([desired, seen]);
    const planned = plan(desired, seen);
    if (JSON.stringify([desired, seen]) !== before) throw new Error("the planner changed what it was given");
    this.#beginAll(planned, desired.singletons);
    return planned;
  }

  /** Ends one step. */
  land(pick: number, outcome: Outcome): void {
    const [ended] = this.#underWay.splice(pick % Math.max(1, this.#underWay.length), 1);
    if (ended) land(this.#world, ended, outcome);
  }

  /** Ends all; without an outcome of their own they are done. */
  landAll(outcomes: Outcome[]): void {
    for (let index = 0; !this.idle; index += 1)
      this.land(0, outcomes[index % Math.max(1, outcomes.length)] ?? "done");
  }

  landEach(outcomeOf: (step: Step) => Outcome): void {
    for (const one of this.#underWay.splice(0)) land(this.#world, one, outcomeOf(one.step));
  }

  /** Ids of what this loop is stopping. */
  #told(): string[] {
    return this.#underWay.flatMap(({ step }) => (step.kind === "stop" ? [step.instanceId] : []));
  }

  #beginAll(plan: Step[], singletons: string[]): void {
    const { mayBegin } = this.#planner;
    const underWay = this.#underWay.map(({ step }) => step);
    const begun: Step[] = [];
    for (const step of plan)
      if (step.kind !== "wait" && mayBegin(step, [...underWay, ...begun], singletons)) begun.push(step);
    this.#witness(begun);
    for (const step of begun) this.#underWay.push(begin(this.#world, step));
  }
}
