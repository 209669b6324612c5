import { type DoctorReport, type Finding, fault } from "../../../core/doctor";
import { isPaasError, messageOf, PaasError } from "../../../core/error";
import type { Actor } from "../../../core/policy";
import type { Context } from "../context";
import { addressPoolCheck } from "./address-pool";
import { appsCheck } from "./apps";
import { archivesCheck } from "./archives";
import { buildsCheck } from "./builds";
import { certificatesCheck } from "./certificates";
import type { Check } from "./check";
import { clockCheck } from "./clock";
import { databaseCheck } from "./database";
import { diskCheck } from "./disk";
import { engineCheck } from "./engine";
import { locksCheck } from "./locks";
import { memoryCheck } from "./memory";
import { orphansCheck } from "./orphans";
import { redisCheck } from "./redis";
import { routesCheck } from "./routes";

/** What the doctor looks at. Adding one: a file in doctor/, a row here, its name in core/doctor. */
const checks: Check[] = [
  engineCheck,
  diskCheck,
  memoryCheck,
  addressPoolCheck,
  clockCheck,
  databaseCheck,
  redisCheck,
  routesCheck,
  appsCheck,
  certificatesCheck,
  orphansCheck,
  archivesCheck,
  locksCheck,
  buildsCheck,
];

const patienceMs = 15_000;

/** Looks at the whole platform and changes nothing. */
export async function examine(ctx: Context): Promise<DoctorReport> {
  const found = await Promise.all(checks.map((check) => lookOf(ctx, check)));
  return { findings: found.flat(), fixed: [] };
}

/** Mends what is found and safe to mend, then looks again. */
export async function fixPlatform(ctx: Context, actor: Actor): Promise<DoctorReport> {
  const { findings } = await examine(ctx);
  const fixed: string[] = [];
  for (const check of checks)
    if (check.fix && findings.some(({ fixable, check: name }) => fixable && name === check.name))
      fixed.push(...(await check.fix(ctx)));
  ctx.log.info({ actor: actor.name, fixed }, "the doctor fixed what is safe to fix");
  return { findings: (await examine(ctx)).findings, fixed };
}

/** A check that fails is a finding itself: the others must still be told. */
async function lookOf(ctx: Context, check: Check): Promise<Finding[]> {
  try {
    return await withinTime(check.look(ctx));
  } catch (error) {
    ctx.log.warn({ check: check.name, err: messageOf(error) }, "a check of the doctor failed");
    // Only our own errors are written for people, and hold no secret.
    const reason = isPaasError(error) ? error.message : "see the server's log";
    return [
      fault(check.name, {
        what: `could not be looked at: ${reason}`,
        meaning: "What it is about may be down.",
        remedy: "See paas status and the roles' logs in <data>/logs.",
      }),
    ];
  }
}

/** A part that hangs must not hang the doctor. */
async function withinTime<T>(work: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => reject(new PaasError("timeout", `no answer within ${patienceMs / 1_000} s`)),
      patienceMs,
    );
    over.signal.addEventListener("abort", () => clearTimeout(timer));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}
