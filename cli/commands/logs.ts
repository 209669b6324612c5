import { appFlag, defineCommand } from "../command";
import { lineFlags, showLogs } from "../show-logs";

export const command = defineCommand({
  words: "",
  flags: {
    ...appFlag,
    ...lineFlags,
    ps: { type: "string", short: "p", about: "only this process type" },
    instance: { type: "string", short: "i", about: "only this instance, e.g. web.1" },
    source: { type: "string", short: "s", about: "only app, paas, router or build" },
  },
  async run(session, _words, flags) {
    const filter = { type: flags.ps, instance: flags.instance, source: flags.source };
    const given = Object.entries(filter).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    );
    const query = Object.fromEntries(given) as Record<string, string>;
    const app = await session.app();
    return showLogs(session, app, query, flags);
  },
});
