import { basename } from "node:path";
import { invalid } from "../../core/error";
import type { AppView } from "../../core/wire";
import { defineCommand, jsonFlag } from "../command";
import {
  gitUrl,
  insideRepository,
  keepCredentials,
  pushLine,
  remoteFlag,
  remoteNamed,
  remoteUrl,
  setRemote,
} from "../git-remote";
import { Progress } from "../progress";
import type { Session } from "../session";

export const command = defineCommand({
  words: "[NAME]",
  flags: {
    app: { type: "string", short: "a", about: "the name, in place of the word" },
    ...jsonFlag,
    ...remoteFlag,
    "no-remote": { type: "boolean", about: "leave the repository here as it is" },
  },
  about:
    "Without a name the app is named after this directory. Of several apps of one repository each has a remote of its own;\nthat of the remote paas is the one that commands are about without -a.",
  async run(session, [word], flags) {
    const remote = remoteNamed(flags.remote);
    const name = word ?? flags.app ?? nameOf(session.world.cwd);
    const make = () => session.api.post<AppView>("/apps", { name });
    const app = await Progress.of(session.world, `Creating ${name}`, make);
    const push = gitUrl(session.api.server, app.name);
    if (flags.json) session.printJson(app);
    else session.print(`${app.url} | ${push}`);
    if (!flags["no-remote"]) session.note(...(await connect(session, app.name, push, remote)));
    session.note(`To undo: paas destroy ${app.name} --confirm ${app.name}`);
  },
});

function nameOf(cwd: string): string {
  const name = basename(cwd).toLowerCase();
  if (/^[a-z][a-z0-9-]{0,29}$/.test(name)) return name;
  throw invalid(`This directory's name is no app name: say one, paas create NAME`);
}

/** Adds the git remote, unless this is no repository or the remote already leads elsewhere. */
async function connect(session: Session, app: string, url: string, remote: string): Promise<string[]> {
  const { cwd, settings } = session.world;
  if (!(await insideRepository(cwd)))
    return [
      `This is no git repository. Deploy without: paas deploy -a ${app}; or git init, then paas git:remote -a ${app}`,
    ];
  const present = await remoteUrl(cwd, remote);
  if (present !== null && present !== url)
    return [
      `The git remote ${remote} leads to ${present} and was kept. Beside it: paas git:remote -a ${app} --remote ${app}`,
    ];
  await setRemote(cwd, remote, url);
  await keepCredentials(cwd, session.api.server, settings.configDir);
  return [`Added the git remote ${remote}. Deploy with: ${await pushLine(cwd, remote)}`];
}
