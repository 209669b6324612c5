import { buildSettingFlags, buildSettingNames } from "../../../core/build-setting-words";
import type { BuildSettingsView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { nextBuild } from "../../next-build";
import { appPath } from "../../session";
import { fields } from "../../table";

export const command = defineCommand({
  words: "",
  flags: {
    ...appFlag,
    ...jsonFlag,
    root: { type: "string", about: "directory of the repository that is the app, e.g. apps/api" },
    dockerfile: { type: "string", about: "the Dockerfile's path below the root" },
    context: { type: "string", about: "directory below the root that the Dockerfile's COPY sees" },
    target: { type: "string", about: "stage of the Dockerfile to build" },
  },
  about:
    'Without flags: shows what is set. An empty value ("") goes back to the default. The next build goes by it.',
  async run(session, _words, { root, dockerfile, context, target, json }) {
    const app = await session.app();
    const path = appPath(app, "/build-settings");
    const wishes = { root, dockerfile, context, target };
    const asked = Object.values(wishes).every((wish) => wish === undefined);
    const { settings, previous } = asked
      ? await session.api.get<BuildSettingsView>(path)
      : await session.api.patch<BuildSettingsView>(path, wishes);
    if (json) session.printJson(settings);
    else session.print(...fields(buildSettingNames.map((name) => [name, settings[name] ?? "the default"])));
    if (asked) return;
    session.note(
      nextBuild(app),
      `To undo: paas builds:set ${buildSettingFlags(previous, settings)} -a ${app}`,
    );
  },
});
