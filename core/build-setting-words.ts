export const buildSettingNames = ["root", "dockerfile", "context", "target"] as const;

type Settings = { [name in (typeof buildSettingNames)[number]]?: string | undefined };

/** Words that `builds:set` takes to go from what is set now to what was; all of them where both are the same. */
export function buildSettingFlags(previous: Settings, now: Settings): string {
  const changed = buildSettingNames.filter((name) => previous[name] !== now[name]);
  return (changed.length > 0 ? changed : buildSettingNames)
    .map((name) => `--${name} ${JSON.stringify(previous[name] ?? "")}`)
    .join(" ");
}
