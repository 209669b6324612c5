import { shellWord } from "../../../core/shell-word";
import { appFlag, defineCommand } from "../../command";
import { Progress } from "../../progress";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "HOSTNAME",
  flags: appFlag,
  async run(session, [hostname = ""]) {
    const app = await session.app();
    const path = appPath(app, `/domains/${encodeURIComponent(hostname)}`);
    await Progress.of(session.world, `Removing ${hostname} from ${app}`, () => session.api.delete(path));
    session.note(`To undo: paas domains:add ${shellWord(hostname)} -a ${app}`);
  },
});
