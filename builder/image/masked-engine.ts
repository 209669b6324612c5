import { StringDecoder } from "node:string_decoder";
import { type Mask, maskFor } from "../../core/mask";
import type { ImageEngine } from "./image-engine";
import type { Trace } from "./trace";

/** The same engine, in whose reports no secret value is seen, however its output was cut. */
export function maskedEngine(engine: ImageEngine, values: string[]): ImageEngine {
  if (values.length === 0) return engine;
  const newMask = maskFor(values);
  const whole = (text: string): string => {
    const mask = newMask();
    return mask.push(text) + mask.end();
  };
  return {
    ...engine,
    async build(request, onTrace) {
      const mask = traceMask(newMask, whole);
      const answer = await engine.build(request, (trace) => onTrace(mask(trace)));
      return "error" in answer ? { error: whole(answer.error) } : answer;
    },
  };
}

/** Each step's output is a text of its own; what it holds back comes when the step has ended. */
function traceMask(newMask: () => Mask, whole: (text: string) => string): (trace: Trace) => Trace {
  const steps = new Map<string, { mask: Mask; decoder: StringDecoder }>();
  const of = (step: string) => {
    const known = steps.get(step) ?? { mask: newMask(), decoder: new StringDecoder("utf8") };
    steps.set(step, known);
    return known;
  };
  return ({ steps: reports, logs }) => {
    const shown = logs.map(({ step, text }) => {
      const { mask, decoder } = of(step);
      return { step, text: Buffer.from(mask.push(decoder.write(text))) };
    });
    const rests = reports
      .filter(({ completed, digest }) => completed && steps.has(digest))
      .map(({ digest }) => ({ step: digest, text: Buffer.from(of(digest).mask.end()) }));
    return {
      steps: reports.map((report) => ({ ...report, name: whole(report.name), error: whole(report.error) })),
      logs: [...shown, ...rests],
    };
  };
}
