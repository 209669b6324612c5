export const buildSettingNames = ["root", "dockerfile", "context", "target"] as const;

type Settings = { [name in (typeof buildSettingNames)[number]]?: string | undefined };

/** Words that `builds:set` takes. */
export const buildSettingFlags = (settings: Settings): string =>
  buildSettingNames.map((name) => `--${name} ${JSON.stringify(settings[name] ?? "")}`).join(" ");
