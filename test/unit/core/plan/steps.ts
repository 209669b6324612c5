import type { Step } from "../../../../core/step";

/** Which steps a plan has, for tests that look no closer. */
export const kinds = (steps: Step[]): string[] => steps.map((step) => step.kind);

/** Which places a plan starts, e.g. web.1 */
export const starts = (steps: Step[]): string[] =>
  steps.flatMap((step) => (step.kind === "start" ? [`${step.type}.${step.slot}`] : []));
