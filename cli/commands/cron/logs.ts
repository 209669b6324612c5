import { appFlag, defineCommand } from "../../command";
import { lineFlags, showLogs } from "../../show-logs";

export const command = defineCommand({
  words: "[N]",
  flags: { ...appFlag, ...lineFlags },
  about: "Of one scheduled command, or of all.",
  async run(session, [word], flags) {
    const query = word === undefined ? { type: "cron" } : { instance: `cron.${word.replace(/^cron\./, "")}` };
    const app = await session.app();
    const none = `Nothing was said by what the schedule starts: paas cron -a ${app} shows it.`;
    return showLogs(session, app, query, flags, none);
  },
});
