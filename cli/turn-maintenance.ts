import type { HttpView } from "../core/wire";
import { appFlag, type Command, defineCommand, jsonFlag } from "./command";
import { Progress } from "./progress";
import { appPath } from "./session";

/** `maintenance:on` or `maintenance:off`. */
export const maintenanceCommand = (word: "on" | "off"): Command =>
  defineCommand({
    words: "",
    flags: { ...appFlag, ...jsonFlag },
    about:
      "While it is on, the router answers every request with 503 and the maintenance page. Instances go on running and being checked, deploys\n" +
      "work as ever, and requests under way end as they would.",
    async run(session, _words, flags) {
      const app = await session.app();
      const { maintenance, previous } = await Progress.of(
        session.world,
        `Turning maintenance of ${app} ${word}`,
        () => session.api.patch<HttpView>(appPath(app, "/maintenance"), { on: word === "on" }),
        (view) => (view.previous.maintenance === view.maintenance ? "done, it was before" : "done"),
      );
      if (flags.json) session.printJson({ maintenance });
      if (maintenance !== previous.maintenance)
        session.note(`To undo: paas maintenance:${maintenance ? "off" : "on"} -a ${app}`);
    },
  });
