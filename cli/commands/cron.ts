import type { CronView } from "../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../command";
import { appPath } from "../session";
import { columns } from "../table";
import { instant } from "../time";

export const command = defineCommand({
  words: "",
  flags: { ...appFlag, ...jsonFlag },
  about: "The schedule stands in app.json and belongs to the release that runs.",
  async run(session, _words, flags) {
    const app = await session.app();
    const jobs = await session.api.get<CronView[]>(appPath(app, "/cron"));
    if (flags.json) return session.printJson(jobs);
    if (jobs.length === 0)
      return session.note(
        `${app} has no schedule. Give it one in app.json, and deploy: {"cron": [{"command": "...", "schedule": "0 3 * * *"}]}`,
      );
    session.print(`=== ${app} Schedule`, "", ...columns(jobs.map(row)));
    session.note("", `Run one now: paas cron:run 1 -a ${app}`);
  },
});

const row = ({ name, schedule, timezone, nextAt, overlap, command }: CronView): string[] => [
  name,
  schedule,
  timezone,
  nextAt === null ? "never" : `next ${instant(nextAt)}`,
  overlap === "allow" ? "may overlap" : "",
  command,
];
