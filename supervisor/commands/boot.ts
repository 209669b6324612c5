import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { PaasError } from "../../core/error";
import { settingRows } from "../../core/setting-rows";
import type { Settings } from "../../core/settings";
import { writeDurably } from "../durable-file";
import { unitText } from "../systemd-unit";
import { supervisorNodeOptions } from "./background";

export interface BootOptions {
  settings: Settings;
  mainPath: string;
  env: Record<string, string>;
  print: (line: string) => void;
}

/** `paas up --boot`: has systemd start the platform now and at each boot. Throws where that cannot be, with what to do instead. */
export function installBootUnit({ settings, mainPath, env, print }: BootOptions): void {
  const start = [process.execPath, ...supervisorNodeOptions, mainPath, "start"];
  refuseWithoutSystemd(start);
  const name = unitName(settings.dataDir);
  // Settings may hold passwords; a unit can be read by everybody.
  const environmentPath = `/etc/paas/${name}.env`;
  run("mkdir", ["-p", "-m", "0700", "/etc/paas"]);
  writeDurably(environmentPath, environmentText({ ...env, PAAS_DATA_DIR: settings.dataDir }));
  writeFileSync(
    `/etc/systemd/system/${name}.service`,
    unitText({ start, environmentPath, path: env.PATH ?? "" }),
  );
  run("systemctl", ["daemon-reload"]);
  run("systemctl", ["enable", "--now", `${name}.service`]);
  print(
    `systemd starts the platform at each boot (${name}.service). To undo it: systemctl disable --now ${name}`,
  );
}

function refuseWithoutSystemd(start: string[]): void {
  if (!existsSync("/run/systemd/system"))
    throw new PaasError(
      "unavailable",
      `systemd does not run this machine, so it cannot start the platform at boot. Let whatever starts programs here run: ${start.join(" ")}`,
    );
  if (process.getuid?.() !== 0)
    throw new PaasError("forbidden", "Only root may install a systemd unit. Run: sudo paas up --boot");
}

/** A unit for each data directory, `paas` for the usual one. */
function unitName(dataDir: string): string {
  if (dataDir === "/var/lib/paas") return "paas";
  return `paas-${createHash("sha256").update(dataDir).digest("hex").slice(0, 8)}`;
}

/** systemd's form: quoted, backslash before quotes and backslashes. */
function environmentText(env: Record<string, string>): string {
  const set = settingRows
    .map(({ name }) => [name, env[name]] as const)
    .filter(([, value]) => value !== undefined);
  return set.map(([name, value]) => `${name}="${value?.replace(/["\\$`]/g, "\\$&")}"\n`).join("");
}

function run(program: string, argv: string[]): void {
  const { status, stderr, error } = spawnSync(program, argv, { encoding: "utf8" });
  if (status !== 0)
    throw new PaasError(
      "unavailable",
      `${program} ${argv.join(" ")} failed: ${error?.message ?? stderr.trim()}`,
    );
}
