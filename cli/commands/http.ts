import type { HttpView } from "../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../command";
import { httpRows } from "../http-text";
import { appPath } from "../session";
import { columns, fields } from "../table";
import { instant } from "../time";

export const command = defineCommand({
  words: "",
  flags: { ...appFlag, ...jsonFlag },
  about:
    "Settings are of the app, not of a release: a change holds at once, starts nothing anew, and no rollback undoes it.",
  async run(session, _words, flags) {
    const app = await session.app();
    const { previous: _, ...view } = await session.api.get<HttpView>(appPath(app, "/http"));
    if (flags.json) return session.printJson(view);
    session.print(
      `=== ${app} HTTP`,
      "",
      ...columns(httpRows(view)),
      "",
      ...fields([
        ["maintenance", view.maintenance ? "on" : "off"],
        ["basic auth", view.users.join(", ") || "off"],
        ...view.pages.map(({ kind, fetchedAt, problem }): [string, string] => [
          `${kind} page`,
          `${fetchedAt === null ? "never fetched" : `as of ${instant(fetchedAt)}`}${problem === null ? "" : `; the last try failed: ${problem}`}`,
        ]),
      ]),
    );
    return undefined;
  },
});
