import type { RunView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { Progress } from "../../progress";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "N",
  flags: { ...appFlag, ...jsonFlag },
  about: "N is the number that paas cron shows: 1 is cron.1.",
  async run(session, [word = ""], flags) {
    const number = word.replace(/^cron\./, "");
    const app = await session.app();
    const start = () =>
      session.api.post<RunView>(appPath(app, `/cron/${encodeURIComponent(number)}/run`), {});
    const run = await Progress.of(session.world, `Starting cron.${number} of ${app}`, start);
    if (flags.json) session.printJson(run);
    session.note(`See its output: paas cron:logs ${number} -a ${app}`);
    session.note(`To stop it: paas run:stop ${run.name} -a ${app}`);
  },
});
