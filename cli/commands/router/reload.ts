import { setTimeout as delay } from "node:timers/promises";
import { PaasError } from "../../../core/error";
import type { RouterView } from "../../../core/wire";
import { defineCommand, jsonFlag } from "../../command";
import { Progress } from "../../progress";
import type { Session } from "../../session";
import { counted } from "../../table";

const lookMs = 250;

export const command = defineCommand({
  words: "",
  flags: {
    ...jsonFlag,
    "no-wait": { type: "boolean", about: "return when new workers serve, while the old ones finish" },
  },
  about:
    "New workers, of the program that is on disk now, take over on the same ports; no connection is refused. The old ones finish their\n" +
    "requests and then end; streams have the time that ps:drain gives them. If new workers cannot start, the old ones go on.\n" +
    "Settings (PAAS_...) stay what they were when the platform was started. To change one: paas down, then paas up --detach.",
  async run(session, _words, flags) {
    const isOver = (view: RouterView) =>
      view.reload?.state === "done" || (flags["no-wait"] === true && view.reload?.state === "leaving");
    const view = await Progress.of(
      session.world,
      "Reloading the router",
      (progress) => reloaded(session, progress, isOver),
      ({ workers, reload }) => {
        const serving = workers.filter(({ state }) => state === "serving").length;
        return `${reload?.state === "done" ? "done" : "taken over"}, ${counted(serving, "worker")} serving`;
      },
    );
    if (flags.json) session.printJson(view);
  },
});

/** Asked anew each time: a stream through the router itself would be one more thing for the old workers to finish. */
async function reloaded(
  session: Session,
  progress: Progress,
  isOver: (view: RouterView) => boolean,
): Promise<RouterView> {
  let view = await session.api.post<RouterView>("/router/reload", {});
  while (!isOver(view)) {
    if (view.reload?.state === "failed") throw failed(view.reload.reason);
    progress.show(stepText(view));
    await delay(lookMs);
    view = await session.api.get<RouterView>("/router");
  }
  return view;
}

const failed = (reason: string | null) =>
  new PaasError(
    "unavailable",
    `New workers cannot serve (${reason}); the old ones go on. What they said is in the router's log (logs/router.log in the data directory).`,
  );

function stepText({ workers, reload }: RouterView): string {
  if (reload?.state === "starting") return "new workers start";
  const old = workers.filter(({ state }) => state === "leaving");
  const sum = (what: "connections" | "inFlight" | "streams") =>
    old.reduce((total, one) => total + one[what], 0);
  const requests = sum("inFlight") - sum("streams");
  return (
    `${counted(old.length, "old worker")} to end: ${counted(sum("connections"), "connection")}, ` +
    `${counted(requests, "request")}, ${counted(sum("streams"), "stream")}`
  );
}
