import type { Trace } from "./trace";

/** Sets the output of some steps apart. */
export interface StepOutput {
  /** The same trace without it. */
  rest(trace: Trace): Trace;
  /** All that was set apart. */
  text(): string;
}

export function takeOutput(isTaken: (stepName: string) => boolean): StepOutput {
  const taken = new Set<string>();
  const texts: Uint8Array[] = [];
  return {
    rest(trace) {
      for (const { name, digest } of trace.steps) if (isTaken(name)) taken.add(digest);
      for (const { step, text } of trace.logs) if (taken.has(step)) texts.push(text);
      return { ...trace, logs: trace.logs.filter(({ step }) => !taken.has(step)) };
    },
    text: () => Buffer.concat(texts).toString("utf8"),
  };
}
