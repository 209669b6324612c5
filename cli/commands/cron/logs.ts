import { appFlag, defineCommand } from "../../command";
import { lineFlags, showLogs } from "../../show-logs";

export const command = defineCommand({
  words: "[N]",
  flags: { ...appFlag, ...lineFlags },
  about: "Of one scheduled command, or of all.",
  async run(session, [word], flags) {
    const query = word === undefined ? { type: "cron" } : { instance: `cron.${word.replace(/^cron\./, "")}` };
    return showLogs(session, await session.app(), query, flags);
  },
});
