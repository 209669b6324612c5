import type { FormationView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { Progress } from "../../progress";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "[TYPE=N...]",
  flags: { ...appFlag, ...jsonFlag },
  about: "web=2 sets, worker+1 and worker-1 change. Without words it prints the formation as words it takes.",
  async run(session, words, flags) {
    const app = await session.app();
    const path = appPath(app, "/formation");
    if (words.length === 0) {
      const { quantities } = await session.api.get<FormationView>(path);
      if (flags.json) return session.printJson(quantities);
      if (Object.keys(quantities).length === 0)
        return session.note(`${app} has no process types yet. Deploy first: git push paas main`);
      return session.print(scaleWords(quantities, Object.keys(quantities)));
    }
    const scale = () => session.api.patch<FormationView>(path, { words });
    const { quantities, previous } = await Progress.of(
      session.world,
      `Scaling ${app}`,
      scale,
      (view) => `done, now running ${said(view, words)}`,
    );
    if (flags.json) session.printJson(quantities);
    session.note(`To undo: paas ps:scale ${scaleWords(previous, named(words))} -a ${app}`);
  },
});

const named = (words: string[]): string[] => [...new Set(words.map((word) => word.replace(/[=+-]\d+$/, "")))];

const scaleWords = (quantities: Record<string, number>, types: string[]): string =>
  types.map((type) => `${type}=${quantities[type] ?? 0}`).join(" ");

const said = ({ quantities }: FormationView, words: string[]): string =>
  named(words)
    .map((type) => `${type} at ${quantities[type] ?? 0}`)
    .join(", ");
