import type { Observed, ObservedInstance } from "./observed";
import type { Step, StepKind, StepOf } from "./step";

/** Kinds of which an app has at most one under way: they change what the others rely on. */
const exclusive = new Set<StepKind>(["publish", "prove", "abandon", "endBake"]);

/** Kinds whose end, in the midst of a look, leaves the photograph as good as it was. */
const harmless = new Set<StepKind>(["wait", "command"]);

/** Two steps with the same key are one: what is under way is not begun again. */
export function keyOf(step: Step): string {
  if (step.kind === "stop") return `stop:${step.instanceId}`;
  if (step.kind === "start") return startKey(step);
  return JSON.stringify(step);
}

const startKey = ({ type, slot, specHash }: Pick<StepOf<"start">, "type" | "slot" | "specHash">): string =>
  `start:${type}.${slot}:${specHash}`;

/** Whether the end of a step in the midst of a look makes that look worthless: what it did may be half in the photograph, or not at all. */
export const isVisible = (step: Step): boolean => !harmless.has(step.kind);

/**
 * Whether a step may begin beside those under way. What these will have done may not be in the photograph yet: so an instance that a table
 * under way names is not stopped, and of a singleton no second instance is started.
 */
export function mayBegin(step: Step, underWay: readonly Step[], singletons: readonly string[]): boolean {
  if (underWay.some((other) => keyOf(other) === keyOf(step))) return false;
  if (exclusive.has(step.kind)) return !underWay.some((other) => exclusive.has(other.kind));
  return !underWay.some(
    (other) =>
      (step.kind === "stop" && other.kind === "publish" && other.instanceIds.includes(step.instanceId)) ||
      (step.kind === "start" &&
        other.kind === "start" &&
        other.type === step.type &&
        singletons.includes(step.type)),
  );
}

/**
 * A photograph as the planner is to see it beside the steps under way. Only created means to it that nobody will start it: those that are
 * just being started are not shown. Those that are being stopped still run, but were told to end, and do no job any more.
 */
export function besides(observed: Observed, underWay: readonly Step[]): Observed {
  const starts = new Set(underWay.flatMap((step) => (step.kind === "start" ? [startKey(step)] : [])));
  const told = new Set(
    underWay.flatMap((step) => (step.kind === "stop" && step.why !== "crashed" ? [step.instanceId] : [])),
  );
  const isUnborn = (one: ObservedInstance) => one.state === "created" && starts.has(startKey(one));
  return {
    ...observed,
    instances: observed.instances
      .filter((one) => !isUnborn(one))
      .map((one) => (told.has(one.id) ? { ...one, state: "ending" } : one)),
  };
}
