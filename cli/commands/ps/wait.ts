import { invalid, PaasError } from "../../../core/error";
import type { InstanceView, SettleLine } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { Progress } from "../../progress";
import { appPath, type Session } from "../../session";

const defaultSeconds = "300";

export const command = defineCommand({
  words: "",
  flags: {
    ...appFlag,
    ...jsonFlag,
    timeout: { type: "string", short: "t", about: `seconds to wait at most (${defaultSeconds})` },
  },
  about: "Waits until what runs is what should run. Exit code 75 when that takes too long.",
  async run(session, _words, flags) {
    const app = await session.app();
    const timeout = flags.timeout ?? defaultSeconds;
    if (!/^[1-9]\d{0,4}$/.test(timeout))
      throw invalid(`--timeout ${timeout} is no number of seconds: write 1 to 86400.`);
    const instances = await Progress.of(
      session.world,
      `Waiting for ${app}`,
      () => settled(session, app, timeout),
      (all) => `done, ${all.filter(({ state }) => state === "up").length} up`,
    );
    if (flags.json) session.printJson(instances);
  },
});

async function settled(session: Session, app: string, timeout: string): Promise<InstanceView[]> {
  for await (const line of session.api.lines<SettleLine>(appPath(app, `/settle?timeout=${timeout}`)))
    if ("instances" in line) return line.instances;
  throw new PaasError("unavailable", "The connection was lost. Wait again: paas ps:wait");
}
