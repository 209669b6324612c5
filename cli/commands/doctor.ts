import { type DoctorReport, doctorChecks, type Finding, fault } from "../../core/doctor";
import { isPaasError, messageOf } from "../../core/error";
import { defineCommand, jsonFlag } from "../command";
import { lookLocally } from "../local-checks/local-checks";
import { serverUrl } from "../server";
import type { Session } from "../session";

export const command = defineCommand({
  words: "",
  flags: {
    ...jsonFlag,
    fix: { type: "boolean", about: "mend what is safe to mend: what no app uses, and the routers' table" },
  },
  about:
    "Exits with 1 when something is wrong. While the server is down it looks at what this machine can tell.",
  async run(session, _words, flags) {
    const report = namingFiles(session, await reportOf(session, flags.fix === true));
    if (flags.json) session.printJson(report);
    else session.print(...linesOf(report, flags.fix === true));
    return report.findings.some(({ severity }) => severity === "error") ? 1 : 0;
  },
});

async function reportOf(session: Session, fix: boolean): Promise<DoctorReport> {
  try {
    return await (fix
      ? session.api.post<DoctorReport>("/doctor/fix", {})
      : session.api.get<DoctorReport>("/doctor"));
  } catch (error) {
    if (!isPaasError(error, "unavailable")) throw error;
    return { findings: await withoutServer(session, messageOf(error)), fixed: [] };
  }
}

const isLocal = ({ api, world }: Session): boolean =>
  api.server.url === serverUrl(world.settings.localServer);

/** On the platform's own machine a remedy names the files that can be looked into. */
function namingFiles(session: Session, report: DoctorReport): DoctorReport {
  if (!isLocal(session)) return report;
  const { dataDir } = session.world.settings;
  const findings = report.findings.map((finding) => ({
    ...finding,
    remedy: finding.remedy?.replaceAll("<data>", dataDir) ?? null,
  }));
  return { ...report, findings };
}

/** Of another machine's platform nothing else can be told from here. */
async function withoutServer(session: Session, reason: string): Promise<Finding[]> {
  const { settings } = session.world;
  if (isLocal(session)) return lookLocally(settings, reason);
  return [
    fault("server", {
      what: reason,
      meaning: "Apps may go on, but nothing can be deployed, scaled or configured.",
      remedy: "Run paas doctor on the platform's own machine: there it can look further.",
    }),
  ];
}

function linesOf({ findings, fixed }: DoctorReport, fix: boolean): string[] {
  const known: readonly string[] = doctorChecks;
  const sorted = [...findings].sort((a, b) => known.indexOf(a.check) - known.indexOf(b.check));
  const wide = Math.max(...doctorChecks.map((check) => check.length));
  return [
    ...fixed.map((act) => `Fixed: ${act}`),
    ...(fixed.length > 0 ? [""] : []),
    ...sorted.flatMap((finding) => findingLines(finding, wide)),
    "",
    summary(findings, fix),
  ];
}

function findingLines({ check, severity, what, meaning, remedy }: Finding, wide: number): string[] {
  const indent = " ".repeat(9 + wide + 2);
  return [
    `${severity.padEnd(9)}${check.padEnd(wide)}  ${what}`,
    ...(meaning === null ? [] : [`${indent}${meaning}`]),
    ...(remedy === null ? [] : [`${indent}Remedy: ${remedy}`]),
  ];
}

function summary(findings: Finding[], fix: boolean): string {
  const count = (severity: Finding["severity"]) => findings.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count("error"), count("warning")];
  if (errors + warnings === 0) return "All is well.";
  const fixable = findings.filter((one) => one.fixable).length;
  const hint = fixable > 0 && !fix ? ` paas doctor --fix mends ${fixable} of them.` : "";
  return `${errors} ${errors === 1 ? "error" : "errors"}, ${warnings} ${warnings === 1 ? "warning" : "warnings"}.${hint}`;
}
