import { checkConfigVar } from "../../../core/env";
import { parseEnvLines } from "../../../core/env-lines";
import { invalid } from "../../../core/error";
import { appFlag, buildFlag, defineCommand, noReleasePhaseFlag } from "../../command";
import { changeConfigVars } from "../../config-change";
import { readInput } from "../../read-input";

export const command = defineCommand({
  words: "[FILE|-]",
  flags: { ...appFlag, ...buildFlag, ...noReleasePhaseFlag },
  about:
    "Reads NAME=value lines from a file or, without one, from standard input: what paas config --shell prints, or a .env file. All of them make\n" +
    "one release and one restart; vars that the file does not name stay. Values come by no process list and no shell history.",
  async run(session, [file = "-"], flags) {
    const changes = parseEnvLines(await readInput(session.world, file));
    for (const [name, value] of Object.entries(changes)) checkConfigVar(name, value);
    if (Object.keys(changes).length === 0)
      throw invalid("There are no config vars to set: write NAME=value lines.");
    await changeConfigVars(session, "Setting", changes, flags);
  },
});
