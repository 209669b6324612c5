import type { BuildpacksView } from "../../core/wire";
import { numbered } from "../buildpack-change";
import { appFlag, defineCommand, jsonFlag } from "../command";
import { appPath } from "../session";

export const command = defineCommand({
  words: "",
  flags: { ...appFlag, ...jsonFlag },
  about:
    "What is set here comes before all that is in the repository; without it, .buildpacks, a Dockerfile, app.json and the app's language say how it is built.",
  async run(session, _words, { json }) {
    const app = await session.app();
    const { buildpacks } = await session.api.get<BuildpacksView>(appPath(app, "/buildpacks"));
    if (json) return session.printJson(buildpacks);
    if (buildpacks.length > 0) return session.print(`=== ${app} Buildpacks`, "", ...numbered(buildpacks));
    session.print(`${app} has no buildpacks set: its builds go by what is in the repository.`);
    session.note(`Add one: paas buildpacks:add https://example.com/buildpack.git -a ${app}`);
  },
});
