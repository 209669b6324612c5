import { type CommandName, catalogue, commandNames } from "./catalogue";
import type { Command } from "./command";
import { usage } from "./parse";
import { columns } from "./table";

export function overview(): string {
  const rows = commandNames.map((name) => [`  ${name}`, catalogue[name]]);
  return [
    "Push your code with git, and it runs.",
    "",
    "Usage: paas COMMAND",
    "",
    ...columns(rows),
    "",
    "paas help COMMAND tells more of one. paas config:set and paas config set are the same.",
  ].join("\n");
}

export function helpOn(name: CommandName, command: Command): string {
  const flags = Object.entries(command.flags).map(([flag, { short, type, about }]) => [
    `  ${short ? `-${short}, ` : "    "}--${flag}${type === "string" ? "=VALUE" : ""}`,
    about,
  ]);
  return [
    `paas ${name}: ${catalogue[name]}`,
    "",
    usage(name, command),
    ...(flags.length > 0 ? ["", ...columns(flags)] : []),
    ...(command.about ? ["", command.about] : []),
    ...seeAlso(name),
  ].join("\n");
}

/** `paas help builds` also lists builds:info and all others of that name. */
function seeAlso(name: CommandName): string[] {
  const below = commandNames.filter((other) => other.startsWith(`${name}:`));
  return below.length === 0
    ? []
    : ["", "See also:", ...columns(below.map((other) => [`  ${other}`, catalogue[other]]))];
}
