import type { HttpView } from "../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../command";
import { appPath } from "../session";

export const command = defineCommand({
  words: "",
  flags: { ...appFlag, ...jsonFlag },
  async run(session, _words, flags) {
    const { maintenance } = await session.api.get<HttpView>(appPath(await session.app(), "/http"));
    if (flags.json) session.printJson({ maintenance });
    else session.print(maintenance ? "on" : "off");
  },
});
