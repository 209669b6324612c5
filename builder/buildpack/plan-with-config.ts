import type { BuildPlan, Step } from "../../buildpacks/build-plan";
import { Sensitive } from "../../core/env";
import type { BuildConfig } from "../source/build-config";

/** The one secret that holds all config of a build. */
export const configSecret = "build-config";

/** Config of a build as a script that a shell reads with `.`, whatever is in the values. */
export const configScript = (config: BuildConfig): Sensitive<string> =>
  new Sensitive([...config].map(([name, value]) => `export ${name}=${quoted(value.reveal())}\n`).join(""));

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The same plan, whose steps get build config as their environment: those that see the app's source, and none of the last stage, which is
 * what runs. BuildKit's cache does not look into secrets: `digest`, another one for other config, makes them run again.
 */
export function planWithConfig(plan: BuildPlan, digest: string): BuildPlan {
  const directory = `/run/secrets/${digest}`;
  const stagesWithSource = new Set<string>();
  const last = plan.stages.length - 1;
  const stages = plan.stages.map((stage, at) => {
    let sees = "stage" in stage.from && stagesWithSource.has(stage.from.stage);
    const steps = stage.steps.map((step): Step => {
      if (step.do === "copy" && step.from === "source") sees = true;
      if (step.do !== "run" || !sees || at === last) return step;
      const secrets = { names: [configSecret], directory, owner: 0 };
      return { ...step, command: `. ${directory}/${configSecret}; ${step.command}`, secrets };
    });
    if (sees) stagesWithSource.add(stage.name);
    return { ...stage, steps };
  });
  return { ...plan, stages };
}
