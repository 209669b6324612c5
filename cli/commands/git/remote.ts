import { invalid } from "../../../core/error";
import type { AppView } from "../../../core/wire";
import { appFlag, defineCommand } from "../../command";
import {
  gitUrl,
  insideRepository,
  keepCredentials,
  pushLine,
  remoteFlag,
  remoteNamed,
  setRemote,
} from "../../git-remote";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "[APP]",
  flags: { ...appFlag, ...remoteFlag },
  about: "Also stores the token for git again, for this server alone.",
  async run(session, [word], flags) {
    const { cwd, settings } = session.world;
    if (!(await insideRepository(cwd))) throw invalid("This is no git repository: run git init first.");
    const app = await session.api.get<AppView>(appPath(await session.app(word)));
    const remote = remoteNamed(flags.remote);
    const url = gitUrl(session.api.server, app.name);
    await setRemote(cwd, remote, url);
    await keepCredentials(cwd, session.api.server, settings.configDir);
    session.note(`Set the git remote ${remote} to ${url}. Deploy with: ${await pushLine(cwd, remote)}`);
  },
});
