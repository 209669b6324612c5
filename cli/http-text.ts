import { httpSettingNames, httpSettingWords } from "../core/http-setting-words";
import { shellWord } from "../core/shell-word";
import type { HttpView } from "../core/wire";

/** What is set, or what it does where nothing is. */
export const httpRows = ({ settings }: Pick<HttpView, "settings">): string[][] =>
  httpSettingNames.map((name) => [name, settings[name] ?? "-", httpSettingWords[name]]);

/** The commands that take changes of the settings back. */
export function httpUndo({ settings, previous }: HttpView, app: string): string[] {
  const changed = httpSettingNames.filter((name) => settings[name] !== previous.settings[name]);
  const set = changed.flatMap((name) => {
    const word = previous.settings[name];
    return word === undefined ? [] : [shellWord(`${name}=${word}`)];
  });
  const unset = changed.filter((name) => previous.settings[name] === undefined);
  return [
    ...(set.length > 0 ? [`To undo: paas http:set ${set.join(" ")} -a ${app}`] : []),
    ...(unset.length > 0 ? [`To undo: paas http:unset ${unset.join(" ")} -a ${app}`] : []),
  ];
}
