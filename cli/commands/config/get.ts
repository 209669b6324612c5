import type { ConfigView } from "../../../core/wire";
import { appFlag, buildFlag, defineCommand } from "../../command";
import { configPath } from "../../config-change";

export const command = defineCommand({
  words: "NAME",
  flags: { ...appFlag, ...buildFlag },
  about: "Prints the value as it is, or an empty line when it is not set.",
  async run(session, [name = ""], flags) {
    const config = await session.api.get<ConfigView>(configPath(await session.app(), flags.build));
    session.world.stdout.write(`${Object.hasOwn(config, name) ? config[name] : ""}\n`);
  },
});
