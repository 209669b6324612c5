import { invalid } from "../../../core/error";
import { checkHttpSettingName, httpSettingNames, httpSettingWords } from "../../../core/http-setting-words";
import type { HttpView } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { httpUndo } from "../../http-text";
import { Progress } from "../../progress";
import { appPath } from "../../session";

const width = Math.max(...httpSettingNames.map((name) => name.length));

export const command = defineCommand({
  words: "NAME=value...",
  flags: { ...appFlag, ...jsonFlag },
  about: httpSettingNames.map((name) => `${name.padEnd(width)}  ${httpSettingWords[name]}`).join("\n"),
  async run(session, words, flags) {
    const changes = Object.fromEntries(words.map(parse));
    const app = await session.app();
    const view = await Progress.of(
      session.world,
      `Setting ${Object.keys(changes).join(", ")} of ${app}`,
      () => session.api.patch<HttpView>(appPath(app, "/http"), { changes }),
      () => "done, it holds at once",
    );
    if (flags.json) session.printJson(view.settings);
    session.note(...httpUndo(view, app));
  },
});

function parse(word: string): [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
  if (name === undefined || value === undefined)
    throw invalid(
      `${JSON.stringify(word.slice(0, 60))} says nothing: write NAME=value, such as body-limit=50m.`,
    );
  return [checkHttpSettingName(name), value];
}
