import { invalid } from "../../core/error";
import type { PromotionView, ReleaseView } from "../../core/wire";
import { ask } from "../ask";
import { appFlag, defineCommand, noReleasePhaseFlag } from "../command";
import { release, releaseWish, undoHint } from "../follow-release";
import { appPath, type Session } from "../session";

export const command = defineCommand({
  words: "[APP]",
  flags: {
    ...appFlag,
    to: { type: "string", about: "the app that gets it" },
    yes: { type: "boolean", short: "y", about: "do not ask" },
    ...noReleasePhaseFlag,
  },
  about: "Releases what APP runs now to another app: the same image, with the other app's own config vars.",
  async run(session, [word], flags) {
    const app = await session.app(word);
    const { to } = flags;
    if (to === undefined) throw invalid(`To which app? Write: paas promote ${app} --to APP`);
    const promotion = await session.api.get<PromotionView>(
      appPath(app, `/promotion?to=${encodeURIComponent(to)}`),
    );
    const { version } = promotion;
    session.note(`${app} runs v${version} (${promotion.description}).`, ...differences(promotion, app, to));
    if (!flags.yes && !(await agrees(session, to)))
      throw invalid(
        `Nothing was promoted. To do it without being asked: paas promote ${app} --to ${to} --yes`,
      );
    const made = await release(session, to, `Promoting v${version} of ${app} to ${to}`, () =>
      session.api.post<ReleaseView>(appPath(app, "/promote"), releaseWish({ to, version }, flags)),
    );
    session.note(...undoHint(made, to));
  },
});

/** Config is not promoted: what stays different is what people must know. */
function differences({ config }: PromotionView, app: string, to: string): string[] {
  const names = (list: PromotionView["config"]) => list.map(({ name }) => name).join(", ");
  const groups: [string, PromotionView["config"]][] = [
    [`Config vars that only ${app} has`, config.filter((one) => one.to === null)],
    [`Config vars that only ${to} has`, config.filter((one) => one.from === null)],
    ["Config vars with other values", config.filter((one) => one.from !== null && one.to !== null)],
  ];
  const lines = groups
    .filter(([, list]) => list.length > 0)
    .map(([title, list]) => `${title}: ${names(list)}`);
  return lines.length > 0 ? [...lines, `${to} keeps its own.`] : [];
}

const agrees = async ({ world }: Session, to: string): Promise<boolean> =>
  /^y(es)?$/i.test(await ask(world, `Release it to ${to}? [y/N] `));
