import { StringDecoder } from "node:string_decoder";
import { detail } from "../../core/transcript";
import { plainLine, type Write } from "../transcript";
import type { Trace, TraceStep } from "./trace";

/** How a step is announced: the whole line, or null for one that people need not see. */
export type StepTitle = (name: string, cached: boolean) => string | null;

export interface Progress {
  take(trace: Trace): void;
  /** Writes what is left of unfinished lines; returns the name of the step that failed, if one did. */
  end(): string | null;
}

const maxLineLength = 4000;

interface Step {
  name: string;
  title: string | null;
  announced: boolean;
  decoder: StringDecoder;
  rest: string;
}

/** Turns BuildKit's progress into transcript lines as they come. Steps may run side by side: whoever speaks is named first. */
export function buildProgress(write: Write, titleOf: StepTitle): Progress {
  const steps = new Map<string, Step>();
  let speaking: Step | null = null;
  let failed: string | null = null;

  const announce = (step: Step): void => {
    if (step.title !== null && (speaking !== step || !step.announced)) write(step.title);
    step.announced = true;
    speaking = step;
  };
  const say = (step: Step, line: string): void => {
    announce(step);
    write(detail(line));
  };
  const takeStep = (report: TraceStep): void => {
    const known = steps.get(report.digest);
    const step = known ?? newStep(report.name);
    if (!known) steps.set(report.digest, step);
    if (report.cached && !step.announced) {
      step.title = titleOf(report.name, true);
      announce(step);
    } else if (report.started && !report.cached && !report.completed && !step.announced) {
      step.title = titleOf(report.name, false);
      announce(step);
    }
    // Steps cancelled because another one failed carry errors too; the first is the cause.
    if (report.error !== "" && failed === null) failed = report.name;
  };
  const takeText = (step: Step, text: string): void => {
    const lines = (step.rest + text).split("\n");
    step.rest = lines.pop() ?? "";
    if (step.rest.length > maxLineLength) lines.push(...[step.rest.slice(0, maxLineLength)]);
    if (step.rest.length > maxLineLength) step.rest = step.rest.slice(maxLineLength);
    for (const line of lines) say(step, plainLine(line.slice(0, maxLineLength)));
  };
  return {
    take(trace) {
      for (const report of trace.steps) takeStep(report);
      for (const log of trace.logs) {
        const step = steps.get(log.step);
        if (step) takeText(step, step.decoder.write(log.text));
      }
    },
    end() {
      for (const step of steps.values()) if (step.rest !== "") takeText(step, "\n");
      return failed;
    },
  };
}

const newStep = (name: string): Step => ({
  name,
  title: null,
  announced: false,
  decoder: new StringDecoder("utf8"),
  rest: "",
});
