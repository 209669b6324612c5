import type { AutomaticView } from "../core/wire";
import { columns } from "./table";
import { instant } from "./time";

/** How each host stands, a line each; then what cannot be had. */
export function automaticLines({ hosts, wildcards }: AutomaticView): string[] {
  const rows = hosts.map(({ hostname, challenge, problem, failures, triedAt, nextAt }) => [
    hostname,
    challenge,
    stateOf(problem, failures, triedAt),
    `next try ${instant(nextAt)}`,
  ]);
  return [
    ...columns(rows),
    ...wildcards.map(
      (name) =>
        `${name} can be proven by DNS only: have the platform's operator set PAAS_ACME_DNS_HOOK, or add a certificate of your own for it`,
    ),
  ];
}

function stateOf(problem: string | null, failures: number, triedAt: string | null): string {
  if (problem === null) return triedAt === null ? "to be got now" : "well";
  return failures === 0
    ? `waits: ${problem}`
    : `failed ${failures} ${failures === 1 ? "time" : "times"}: ${problem}`;
}
