import { spawnSync } from "node:child_process";
import { PaasError } from "../core/error";
import type { SystemUser } from "./roles/role";

const name = "paas";

/**
 * The unprivileged user that the embedded databases run as when we are root (PostgreSQL refuses root); made when missing.
 * Throws `unavailable` when it cannot be made.
 */
export function databaseUser(): SystemUser {
  return lookUp() ?? create();
}

function create(): SystemUser {
  const options = [
    "--system",
    "--user-group",
    "--no-create-home",
    "--home-dir=/nonexistent",
    "--shell=/usr/sbin/nologin",
  ];
  const made = spawnSync("useradd", [...options, name], { encoding: "utf8" });
  // Another platform may have made it in the meantime: what counts is that it is there.
  const user = lookUp();
  if (user !== undefined) return user;
  const why = made.error?.message ?? made.stderr.trim();
  throw new PaasError(
    "unavailable",
    `The system user ${name} for the embedded databases could not be made: ${why}\nMake it yourself: useradd ${options.join(" ")} ${name}`,
  );
}

function lookUp(): SystemUser | undefined {
  const uid = ask("-u");
  const gid = ask("-g");
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

function ask(option: string): number | undefined {
  const { status, stdout } = spawnSync("id", [option, name], { encoding: "utf8" });
  return status === 0 ? Number(stdout.trim()) : undefined;
}
