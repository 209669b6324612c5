import { checkHttpSettingName } from "../../../core/http-setting-words";
import type { HttpView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { httpUndo } from "../../http-text";
import { Progress } from "../../progress";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "NAME...",
  flags: { ...appFlag, ...jsonFlag },
  about: "Goes back to the defaults that paas http tells.",
  async run(session, names, flags) {
    const changes = Object.fromEntries(names.map((name) => [checkHttpSettingName(name), null]));
    const app = await session.app();
    const view = await Progress.of(
      session.world,
      `Unsetting ${names.join(", ")} of ${app}`,
      () => session.api.patch<HttpView>(appPath(app, "/http"), { changes }),
      () => "done, it holds at once",
    );
    if (flags.json) session.printJson(view.settings);
    session.note(...httpUndo(view, app));
  },
});
