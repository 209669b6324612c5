import type { ConfigView } from "../../../core/wire";
import { configPath } from "../../build-config";
import { appFlag, buildFlag, defineCommand } from "../../command";

export const command = defineCommand({
  words: "NAME",
  flags: { ...appFlag, ...buildFlag },
  about: "Prints the value as it is, or an empty line when it is not set.",
  async run(session, [name = ""], flags) {
    const config = await session.api.get<ConfigView>(configPath(await session.app(), flags.build));
    session.world.stdout.write(`${Object.hasOwn(config, name) ? config[name] : ""}\n`);
  },
});
