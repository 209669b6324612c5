import { invalid } from "../../../core/error";
import type { AutomaticView } from "../../../core/wire";
import { automaticLines } from "../../automatic";
import { certificateHolder, holderFlags } from "../../certificate-holder";
import { defineCommand, jsonFlag } from "../../command";
import { Progress } from "../../progress";

export const command = defineCommand({
  words: "[on|off]",
  flags: { ...holderFlags, ...jsonFlag },
  about:
    "On gets a certificate for each of the app's hostnames that leads here, from PAAS_ACME_DIRECTORY (Let's Encrypt), and renews it at a third\n" +
    "of its life left; with it you agree to that authority's terms. On again tries at once what failed. Off keeps what there is until it expires.\n" +
    "With --platform: for paas.PAAS_DOMAIN, API and git by https; or, with a DNS hook, for *.PAAS_DOMAIN, which serves all apps, too.",
  async run(session, [word], flags) {
    if (word !== undefined && word !== "on" && word !== "off")
      throw invalid(`${JSON.stringify(word.slice(0, 20))}: write on or off.`);
    const { name, title, flag, isPlatform, path } = await certificateHolder(session, flags);
    const place = path("/certificates/automatic");
    const set = () => session.api.patch<AutomaticView>(place, { on: word === "on" });
    const view =
      word === undefined
        ? await session.api.get<AutomaticView>(place)
        : await Progress.of(session.world, `Turning automatic certificates of ${name} ${word}`, set);
    if (flags.json) return session.printJson(view);
    session.print(`=== ${title} Automatic certificates: ${view.on ? "on" : "off"}`, "");
    if (view.on) session.print(...automaticLines(view));
    if (view.on && view.hosts.length + view.wildcards.length === 0)
      session.note(
        isPlatform
          ? "Its host wants none: no authority knows PAAS_DOMAIN, or another certificate serves it."
          : `No hostname wants one: paas domains:add www.example.com ${flag}`,
      );
    if (word !== undefined) session.note(`To undo: paas certs:auto ${word === "on" ? "off" : "on"} ${flag}`);
    return undefined;
  },
});
