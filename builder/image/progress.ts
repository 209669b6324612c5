import { StringDecoder } from "node:string_decoder";
import { complaint, detail } from "../../core/transcript";
import { plainLine, type Write } from "../transcript/transcript";
import type { Trace, TraceStep } from "./trace";

/** How a step is announced: the whole line, or null for one that people need not see. */
export type StepTitle = (name: string, cached: boolean) => string | null;

export interface Progress {
  take(trace: Trace): void;
  /** Writes what is left of unfinished lines; returns the name of the step that failed, if one did. */
  end(): string | null;
}

const maxLineLength = 4000;

/** What the engine says in place of output that it leaves out. */
const clipped = /^\[output clipped, log limit (\S+) reached\]$/;
const clippedText = (limit: string): string =>
  `More of this step's output is left out: over the engine's limit of ${limit}. An operator can raise it: BUILDKIT_STEP_LOG_MAX_SIZE and BUILDKIT_STEP_LOG_MAX_SPEED in dockerd's environment.`;

interface Step {
  name: string;
  title: string | null;
  announced: boolean;
  /** That the engine leaves out some of its output has been told. */
  clipped: boolean;
  decoder: StringDecoder;
  rest: string;
}

/** Turns BuildKit's progress into transcript lines as they come. Steps may run side by side: whoever speaks is named first. */
export function buildProgress(
  write: Write,
  titleOf: StepTitle,
  lineOf: (line: string) => string = detail,
): Progress {
  const steps = new Map<string, Step>();
  let speaking: Step | null = null;
  let failed: string | null = null;

  const announce = (step: Step): void => {
    if (step.title !== null && speaking !== step) write(step.title);
    if (step.title !== null) speaking = step;
    step.announced = true;
  };
  const say = (step: Step, line: string): void => {
    if (line.trim() === "") return;
    announce(step);
    const limit = clipped.exec(line)?.[1];
    // An engine that limits the speed goes on later, and says it again for each gap.
    const gap = step.clipped ? lineOf("[...]") : complaint(clippedText(limit ?? ""));
    step.clipped ||= limit !== undefined;
    write(limit === undefined ? lineOf(line) : gap);
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
    // A line without end must not fill the memory: it is cut into several.
    if (step.rest.length > maxLineLength) {
      lines.push(step.rest);
      step.rest = "";
    }
    for (const line of lines) for (const part of cut(line)) say(step, plainLine(part));
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

function cut(line: string): string[] {
  const parts = [line.slice(0, maxLineLength)];
  for (let at = maxLineLength; at < line.length; at += maxLineLength)
    parts.push(line.slice(at, at + maxLineLength));
  return parts;
}

const newStep = (name: string): Step => ({
  name,
  title: null,
  announced: false,
  clipped: false,
  decoder: new StringDecoder("utf8"),
  rest: "",
});
