import { appFlag, defineCommand } from "../../command";
import { lineFlags, showLogs } from "../../show-logs";

export const command = defineCommand({
  words: "NAME",
  flags: { ...appFlag, ...lineFlags },
  about: "NAME is as run:detached and run:list show it, e.g. run.1234.",
  async run(session, [name = ""], flags) {
    const app = await session.app();
    const none = `${name} of ${app} has said nothing, or was never started: paas run:list --all -a ${app}`;
    return showLogs(session, app, { instance: name }, flags, none);
  },
});
