import { invalid } from "../../core/error";
import type { AppView } from "../../core/wire";
import { ask } from "../ask";
import { appFlag, defineCommand } from "../command";
import { Progress } from "../progress";
import { appPath, type Session } from "../session";

export const command = defineCommand({
  words: "[APP]",
  flags: { ...appFlag, confirm: { type: "string", about: "the app's name again" } },
  async run(session, [word], flags) {
    const name = await session.app(word);
    await session.api.get<AppView>(appPath(name));
    const confirmed = flags.confirm ?? (await askForName(session, name));
    if (confirmed !== name)
      throw invalid(
        `Nothing was destroyed: the confirmation is not ${name}. To destroy it: paas destroy -a ${name} --confirm ${name}`,
      );
    const path = appPath(name, `?confirm=${encodeURIComponent(name)}`);
    await Progress.of(session.world, `Destroying ${name}`, () => session.api.delete(path));
  },
});

const askForName = ({ world }: Session, name: string): Promise<string> =>
  ask(
    world,
    ` !    This destroys ${name}: its code, config, releases and logs, for good.\nTo go on, type ${name}: `,
  );
