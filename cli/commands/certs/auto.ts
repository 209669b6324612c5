import { invalid } from "../../../core/error";
import type { AutomaticView } from "../../../core/wire";
import { automaticLines } from "../../automatic";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { Progress } from "../../progress";
import { appPath } from "../../session";

export const command = defineCommand({
  words: "[on|off]",
  flags: { ...appFlag, ...jsonFlag },
  about:
    "On gets a certificate for each of the app's hostnames that leads here, from PAAS_ACME_DIRECTORY (Let's Encrypt), and renews it at a third\n" +
    "of its life left; with it you agree to that authority's terms. On again tries at once what failed. Off keeps what there is until it expires.",
  async run(session, [word], flags) {
    if (word !== undefined && word !== "on" && word !== "off")
      throw invalid(`${JSON.stringify(word.slice(0, 20))}: write on or off.`);
    const app = await session.app();
    const path = appPath(app, "/certificates/automatic");
    const set = () => session.api.patch<AutomaticView>(path, { on: word === "on" });
    const view =
      word === undefined
        ? await session.api.get<AutomaticView>(path)
        : await Progress.of(session.world, `Turning automatic certificates of ${app} ${word}`, set);
    if (flags.json) return session.printJson(view);
    session.print(`=== ${app} Automatic certificates: ${view.on ? "on" : "off"}`, "");
    if (view.on) session.print(...automaticLines(view));
    if (view.on && view.hosts.length === 0)
      session.note(`No hostname wants one: paas domains:add www.example.com -a ${app}`);
    if (word !== undefined)
      session.note(`To undo: paas certs:auto ${word === "on" ? "off" : "on"} -a ${app}`);
    return undefined;
  },
});
