import type { RestartView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { Progress } from "../../progress";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "[TYPE|TYPE.N]",
  flags: { ...appFlag, ...jsonFlag },
  about:
    "Starts instances anew, one after the other: each takes over from the one it replaces, and no request is lost.\npaas ps:wait waits until that is done.",
  async run(session, [what], flags) {
    const app = await session.app();
    const restart = () => session.api.post<RestartView>(appPath(app, "/restart"), what ? { what } : {});
    const { instances } = await Progress.of(
      session.world,
      `Restarting ${what ? `${what} of ` : ""}${app}`,
      restart,
      (view) => `done, ${view.instances.join(", ")} in turn`,
    );
    if (flags.json) session.printJson(instances);
    session.note(`To wait until all run: paas ps:wait -a ${app}`);
  },
});
