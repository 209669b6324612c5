import { shellWord } from "../../core/shell-word";
import type { ConfigView } from "../../core/wire";
import { appFlag, buildFlag, defineCommand, jsonFlag } from "../command";
import { configPath } from "../config-change";
import { fields } from "../table";

export const command = defineCommand({
  words: "",
  flags: {
    ...appFlag,
    ...jsonFlag,
    ...buildFlag,
    shell: { type: "boolean", short: "s", about: "print lines a shell can read" },
  },
  async run(session, _words, flags) {
    const app = await session.app();
    const config = await session.api.get<ConfigView>(configPath(app, flags.build));
    if (flags.json) return session.printJson(config);
    const entries = Object.entries(config);
    // Verbatim: what a shell reads back must be what was set, whatever it holds.
    if (flags.shell)
      for (const [name, value] of entries) session.world.stdout.write(`${name}=${shellWord(value)}\n`);
    else if (entries.length === 0)
      session.note(
        `${app} has no config vars. Set some: paas config:set ${flags.build ? "--build " : ""}NAME=value -a ${app}`,
      );
    else session.print(`=== ${app} Config Vars`, "", ...fields(entries));
  },
});
