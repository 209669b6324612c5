import { checkConfigVar, parseAssignment } from "../../../core/env";
import type { RunView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "COMMAND...",
  flags: {
    ...appFlag,
    ...jsonFlag,
    env: { type: "string", short: "e", multiple: true, about: "NAME=value for this run alone" },
  },
  about: "Nobody is attached: the output goes to the app's logs. Flags stand before the command.",
  verbatim: true,
  async run(session, words, flags) {
    const env = Object.fromEntries((flags.env ?? []).map(parseAssignment));
    for (const [name, value] of Object.entries(env)) checkConfigVar(name, value);
    const app = await session.app();
    const run = await session.api.post<RunView>(appPath(app, "/runs"), { words, env });
    if (flags.json) return session.printJson(run);
    session.print(run.name);
    session.note(`See its output: paas run:logs ${run.name} -a ${app}`);
    session.note(`To stop it: paas run:stop ${run.name} -a ${app}`);
  },
});
