import type { AppView } from "../../core/wire";
import { defineCommand, jsonFlag } from "../command";
import { columns } from "../table";

export const command = defineCommand({
  words: "",
  flags: jsonFlag,
  async run(session, _words, flags) {
    const apps = await session.api.get<AppView[]>("/apps");
    if (flags.json) return session.printJson(apps);
    if (apps.length === 0)
      return session.note("There is no app yet. Make one in your repository: paas create NAME");
    const rows = apps.map((app) => [
      app.name,
      app.currentVersion === null ? "new" : `v${app.currentVersion}`,
      app.url,
    ]);
    session.print("=== Apps", "", ...columns(rows));
  },
});
