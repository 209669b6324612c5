import { appFlag, defineCommand } from "../../command";
import { lineFlags, showLogs } from "../../show-logs";

export const command = defineCommand({
  words: "NAME",
  flags: { ...appFlag, ...lineFlags },
  about: "NAME is as run:detached and run:list show it, e.g. run.1234.",
  run: async (session, [name = ""], flags) =>
    showLogs(session, await session.app(), { instance: name }, flags),
});
