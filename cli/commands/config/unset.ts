import type { ReleaseView } from "../../../core/wire";
import { appFlag, defineCommand } from "../../command";
import { release, undoHint } from "../../follow-release";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "NAME...",
  flags: appFlag,
  async run(session, words) {
    const changes = Object.fromEntries(words.map((name) => [name, null]));
    const app = await session.app();
    const made = await release(session, app, `Unsetting ${words.join(", ")} and restarting ${app}`, () =>
      session.api.patch<ReleaseView>(appPath(app, "/config"), { changes }),
    );
    session.note(...undoHint(made, app));
  },
});
