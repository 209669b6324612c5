import { checkConfigVar, parseAssignment } from "../../core/env";
import { invalid } from "../../core/error";
import type { RunStart } from "../../core/wire";
import { appFlag, defineCommand } from "../command";
import { holdRun } from "../run-connection";
import { appPath } from "../session";
import type { World } from "../world";

export const command = defineCommand({
  words: "COMMAND...",
  flags: {
    ...appFlag,
    env: { type: "string", short: "e", multiple: true, about: "NAME=value for this run alone" },
    "no-tty": { type: "boolean", about: "no terminal, even when this is one" },
    size: { type: "string", about: "COLUMNSxROWS of the terminal" },
  },
  about: [
    "Flags stand before the command; what follows is the command's own. A first word that is a process type is replaced by",
    "its command. The exit code is the command's. Input can be piped in.",
  ].join("\n"),
  verbatim: true,
  async run(session, words, flags) {
    const { world } = session;
    const tty = !flags["no-tty"] && world.stdin.isTTY === true && world.stdout.isTTY === true;
    const given = Object.fromEntries((flags.env ?? []).map(parseAssignment));
    for (const [name, value] of Object.entries(given)) checkConfigVar(name, value);
    const env = {
      ...(tty && world.settings.terminal !== undefined && { TERM: world.settings.terminal }),
      ...given,
    };
    const start: RunStart = { words, tty, stdin: true, env, ...sizeOf(world, flags.size, tty) };
    return holdRun(world, session.api.server, appPath(await session.app(), "/run"), start);
  },
});

function sizeOf(
  { stdout }: World,
  flag: string | undefined,
  tty: boolean,
): { columns?: number; rows?: number } {
  if (flag === undefined)
    return tty && stdout.columns && stdout.rows ? { columns: stdout.columns, rows: stdout.rows } : {};
  const [, columns, rows] = /^(\d{1,3})x(\d{1,3})$/.exec(flag) ?? [];
  if (columns === undefined) throw invalid("--size takes COLUMNSxROWS, e.g. 120x40.");
  return { columns: Number(columns), rows: Number(rows) };
}
