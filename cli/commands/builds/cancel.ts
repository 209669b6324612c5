import type { BuildView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { wantedBuild } from "../../follow-build";
import { Progress } from "../../progress";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "[BUILD]",
  flags: { ...appFlag, ...jsonFlag },
  about: "Without a build: the newest. Ends it with all its processes; what runs goes on running.",
  async run(session, [word], flags) {
    const app = await session.app();
    const id = await wantedBuild(session, app, word);
    const cancel = () =>
      session.api.post<BuildView>(appPath(app, `/builds/${encodeURIComponent(id)}/cancel`), {});
    const build = await Progress.of(session.world, `Cancelling build ${id} of ${app}`, cancel);
    if (flags.json) session.printJson(build);
    session.note(`To build it after all: paas rebuild ${id} -a ${app}`);
  },
});
