import type { Whoami } from "../../core/wire";
import { defineCommand, jsonFlag } from "../command";

export const command = defineCommand({
  words: "",
  flags: jsonFlag,
  async run(session, _words, flags) {
    const who = await session.api.get<Whoami>("/whoami");
    if (flags.json) return session.printJson({ ...who, server: session.api.server.url });
    session.print(who.name);
    const rights = who.admin
      ? "admin"
      : Object.entries(who.apps)
          .map(([app, role]) => `${role} of ${app}`)
          .join(", ");
    session.note(`${rights || "no rights"} at ${session.api.server.url}`);
  },
});
