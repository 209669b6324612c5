import { bakeWindowText } from "../../../core/bake";
import { PaasError } from "../../../core/error";
import type { BakeWindowView, SettleLine } from "../../../core/wire";
import { bakeFields, bakeText } from "../../bake-text";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { Progress } from "../../progress";
import { appPath, type Session } from "../../session";
import { fields } from "../../table";

export const command = defineCommand({
  words: "[WINDOW|off]",
  flags: {
    ...appFlag,
    ...jsonFlag,
    wait: { type: "boolean", about: "wait for the end of the bake; exit code 11 when it has failed" },
  },
  about:
    "After each switch the old instances stay warm for WINDOW, e.g. 60s. If the new release answers clearly more 5xx than the old one did, has a\n" +
    "clearly worse p99, or one of its instances crashes, traffic goes back by itself and the release is marked failed. Off by default.",
  async run(session, [window], flags) {
    const app = await session.app();
    const path = appPath(app, "/bake");
    const view = window
      ? await session.api.patch<BakeWindowView>(path, { window })
      : await session.api.get<BakeWindowView>(path);
    const settled = flags.wait ? await bakedOut(session, app, view) : view;
    const { previous, ...shown } = settled;
    if (flags.json) session.printJson(shown);
    else session.print(...fields(rows(settled, session.world.now())));
    if (window) session.note(`To undo: paas ps:bake ${bakeWindowText(previous)} -a ${app}`);
    if (flags.wait && settled.bake?.state === "failed")
      throw new PaasError("release_failed", `v${settled.bake.version} ${settled.bake.reason}`);
  },
});

function rows({ windowMs, bake }: BakeWindowView, now: Date): [string, string][] {
  const window: [string, string] = ["Window", bakeWindowText(windowMs)];
  if (!bake) return [window];
  return [window, ["Newest", `v${bake.version} ${bakeText(bake, now)}`], ...bakeFields(bake)];
}

/** A bake under way is something to be done: the app is settled after it. */
async function bakedOut(session: Session, app: string, view: BakeWindowView): Promise<BakeWindowView> {
  if (view.bake?.state !== "baking") return view;
  await Progress.of(
    session.world,
    `Waiting for the bake of v${view.bake.version}`,
    async () => {
      for await (const line of session.api.lines<SettleLine>(appPath(app, "/settle?timeout=86400")))
        if ("instances" in line) return;
      throw new PaasError("unavailable", "The connection was lost. Wait again: paas ps:bake --wait");
    },
    () => "done",
  );
  return session.api.get<BakeWindowView>(appPath(app, "/bake"));
}
