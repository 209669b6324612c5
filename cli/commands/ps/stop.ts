import type { FormationView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { Progress } from "../../progress";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "[TYPE]",
  flags: { ...appFlag, ...jsonFlag },
  about:
    "Scales a process type, or all of them, to zero. Requests under way are answered before an instance ends.",
  async run(session, [type], flags) {
    const app = await session.app();
    const { quantities, previous } = await Progress.of(
      session.world,
      `Stopping ${type ? `${type} of ` : ""}${app}`,
      () => session.api.post<FormationView>(appPath(app, "/stop"), type ? { type } : {}),
    );
    if (flags.json) session.printJson(quantities);
    const stopped = Object.entries(previous).filter(
      ([one, quantity]) => quantity > 0 && quantities[one] === 0,
    );
    if (stopped.length === 0) return session.note("Nothing was running.");
    const words = stopped.map(([one, quantity]) => `${one}=${quantity}`).join(" ");
    session.note(`To start again: paas ps:scale ${words} -a ${app}`);
  },
});
