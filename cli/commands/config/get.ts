import type { ConfigView } from "../../../core/wire";
import { appFlag, defineCommand } from "../../command";

export const command = defineCommand({
  words: "NAME",
  flags: appFlag,
  about: "Prints the value as it is, or an empty line when it is not set.",
  async run(session, [name = ""]) {
    const config = await session.api.get<ConfigView>(await session.appPath("/config"));
    session.world.stdout.write(`${Object.hasOwn(config, name) ? config[name] : ""}\n`);
  },
});
