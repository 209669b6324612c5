import { shellWord } from "../../../core/shell-word";
import type { DomainView } from "../../../core/wire";
import { appFlag, defineCommand } from "../../command";
import { Progress } from "../../progress";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "HOSTNAME",
  flags: appFlag,
  about: "HOSTNAME is www.example.com, or *.example.com for every name with one label before example.com.",
  async run(session, [hostname = ""]) {
    const app = await session.app();
    const add = () => session.api.post<DomainView>(appPath(app, "/domains"), { hostname });
    const domain = await Progress.of(session.world, `Adding ${hostname} to ${app}`, add);
    session.note(
      `Let its DNS lead to this platform's router; then ${app} answers at ${domain.url}`,
      `For https: paas certs:auto on -a ${app}`,
      `To undo: paas domains:remove ${shellWord(domain.hostname)} -a ${app}`,
    );
  },
});
