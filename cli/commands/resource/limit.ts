import { limitFlags } from "../../../core/limits";
import type { LimitsView, LimitWish } from "../../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../../command";
import { Progress } from "../../progress";
import { appPath } from "../../session";
import { columns } from "../../table";

export const command = defineCommand({
  words: "[TYPE]",
  flags: {
    ...appFlag,
    ...jsonFlag,
    memory: { type: "string", about: "memory of an instance: 512m, 2g" },
    cpu: { type: "string", about: "CPUs of an instance: 0.5; 0 is no limit" },
    pids: { type: "string", about: "processes and threads of an instance: 256" },
    disk: { type: "string", about: "what an instance may keep on disk: 512m, 2g" },
  },
  about:
    "Without limits it shows them. TYPE is a process type, or run for one-offs; without it all are meant.\nA change restarts what it concerns, one instance after the other; one of the disk alone restarts nothing.",
  async run(session, [type], flags) {
    const app = await session.app();
    const path = appPath(app, "/limits");
    const { memory, cpu, pids, disk } = flags;
    if ([memory, cpu, pids, disk].every((one) => one === undefined)) {
      const { limits } = await session.api.get<LimitsView>(path);
      const shown = type === undefined ? limits : { [type]: limits[type] };
      if (flags.json) return session.printJson(shown);
      return session.print(...columns(rowsOf(limits).filter(([one]) => type === undefined || one === type)));
    }
    const wish: LimitWish = { type, memory, cpu, pids, disk };
    const { limits, previous } = await Progress.of(
      session.world,
      `Limiting ${type ? `${type} of ` : ""}${app}`,
      () => session.api.patch<LimitsView>(path, wish),
      () =>
        [memory, cpu, pids].every((one) => one === undefined)
          ? "done"
          : "done, instances are replaced in turn",
    );
    if (flags.json) session.printJson(limits);
    for (const [one, flagsBefore] of rowsOf(previous))
      if (type === undefined || one === type)
        session.note(`To undo: paas resource:limit ${one} ${flagsBefore} -a ${app}`);
  },
});

const rowsOf = (limits: LimitsView["limits"]): string[][] =>
  Object.entries(limits).map(([type, limit]) => [type, limitFlags(limit)]);
