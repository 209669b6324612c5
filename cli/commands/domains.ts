import type { DomainView } from "../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../command";
import { appPath } from "../session";
import { columns } from "../table";

export const command = defineCommand({
  words: "",
  flags: { ...appFlag, ...jsonFlag },
  async run(session, _words, flags) {
    const app = await session.app();
    const domains = await session.api.get<DomainView[]>(appPath(app, "/domains"));
    if (flags.json) return session.printJson(domains);
    const rows = domains.map(({ hostname, url }) => [hostname, url]);
    session.print(`=== ${app} Domains`, "", ...columns(rows));
    if (!domains.some(({ custom }) => custom))
      session.note("", `Add one of your own: paas domains:add www.example.com -a ${app}`);
  },
});
