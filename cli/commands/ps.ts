import type { FormationView, InstanceView } from "../../core/wire";
import { appFlag, defineCommand, jsonFlag } from "../command";
import { appPath, type Session } from "../session";
import { when } from "../time";

/** Of what a crashed instance wrote last; the rest is in the logs. */
const shownLines = 5;

export const command = defineCommand({
  words: "",
  flags: { ...appFlag, ...jsonFlag },
  async run(session, _words, flags) {
    const app = await session.app();
    const instances = await session.api.get<InstanceView[]>(appPath(app, "/instances"));
    if (flags.json) return session.printJson(instances);
    if (instances.length === 0) return session.note(await nothingRuns(session, app));
    const types = [...new Set(instances.map(({ type }) => type))];
    const groups = types.map((type) => instances.filter((instance) => instance.type === type));
    session.print(groups.map((group) => groupText(group, session.world.now())).join("\n\n"));
  },
});

async function nothingRuns(session: Session, app: string): Promise<string> {
  const { quantities } = await session.api.get<FormationView>(appPath(app, "/formation"));
  const types = Object.keys(quantities);
  if (types.length === 0) return `Nothing runs of ${app}. Deploy it: git push paas main`;
  return `Nothing runs of ${app}. Start it: paas ps:scale ${types.map((type) => `${type}=1`).join(" ")} -a ${app}`;
}

function groupText(group: InstanceView[], now: Date): string {
  const [first] = group;
  const command = first?.command ? ` ${first.command}` : "";
  // While an instance is replaced its place is shown twice.
  const places = new Set(group.map(({ name }) => name)).size;
  return [
    `=== ${first?.type}:${command} (${places})`,
    "",
    ...group.map((instance) => line(instance, now)),
  ].join("\n");
}

function line({ name, state, since, exitCode, version, reason, lastLines }: InstanceView, now: Date): string {
  const crash = state === "crashed" && exitCode !== null ? ` with exit code ${exitCode}` : "";
  return [
    `${name}: ${state}${crash} ${when(since, now)} v${version}`,
    ...(reason === null ? [] : [`  ${reason}`]),
    ...lastLines.slice(-shownLines).map((text) => `  | ${text}`),
  ].join("\n");
}
