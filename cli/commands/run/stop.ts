import { appFlag, defineCommand } from "../../command";
import { Progress } from "../../progress";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "NAME",
  flags: appFlag,
  about: "SIGTERM, and SIGKILL after 10 s. NAME is as run:list shows it.",
  async run(session, [name = ""]) {
    const app = await session.app();
    const stop = () => session.api.delete(appPath(app, `/runs/${encodeURIComponent(name)}`));
    await Progress.of(session.world, `Stopping ${name} of ${app}`, stop);
    session.note(`How it ended: paas run:list --all -a ${app}`);
  },
});
