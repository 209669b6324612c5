import { type Finding, fault, warning, well } from "../../../core/doctor";
import { certificatesOf } from "../../../core/route-table";
import type { AcmeOrder } from "../../store/acme";
import type { AcmeRecord } from "../../store/acme-records";
import type { Certificate } from "../../store/certificates";
import type { Check } from "./check";

const dayMs = 86_400_000;
/** Time for people to get a new one of their own. */
const noticeMs = 14 * dayMs;

export const certificatesCheck: Check = {
  name: "certificates",
  async look(ctx) {
    const [certificates, orders, records, apps, table] = await Promise.all([
      ctx.store.certificates.all(),
      ctx.store.acme.orders(),
      ctx.store.acmeRecords.stuck(),
      ctx.store.apps.list(),
      ctx.store.routes.table(ctx.settings.domain),
    ]);
    const served = new Set(Object.values(certificatesOf(table)));
    return judgeCertificates({
      certificates: certificates.filter(({ id }) => served.has(id)),
      orders,
      records,
      names: new Map(apps.map((app) => [app.id, app.name])),
      nowMs: Date.now(),
    });
  },
};

export interface CertificateFacts {
  /** Those that are served for some name. */
  certificates: Pick<Certificate, "id" | "appId" | "own" | "hostnames" | "notAfter">[];
  orders: Pick<AcmeOrder, "hostname" | "appId" | "failures" | "problem" | "nextAt">[];
  /** TXT records that the DNS hook could not remove. */
  records: Pick<AcmeRecord, "name" | "value" | "problem">[];
  /** Names of apps by id. */
  names: Map<string, string>;
  nowMs: number;
}

export function judgeCertificates({
  certificates,
  orders,
  records,
  names,
  nowMs,
}: CertificateFacts): Finding[] {
  const holderOf = (appId: string | null) => {
    const app = names.get(appId ?? "");
    return app === undefined ? ofPlatform : { name: app, flag: `-a ${app}` };
  };
  const ending = certificates.flatMap((one) =>
    one.own && one.notAfter.getTime() - nowMs < noticeMs ? [endingSoon(one, holderOf(one.appId), nowMs)] : [],
  );
  const troubled = orders.flatMap((order) => {
    if (order.problem === null) return [];
    const present = certificates.find(
      ({ appId, hostnames, notAfter }) =>
        appId === order.appId && hostnames.includes(order.hostname) && notAfter.getTime() > nowMs,
    );
    return [failing(order, holderOf(order.appId), present?.notAfter)];
  });
  const found = [...ending, ...troubled, ...records.map(leftBehind)];
  return found.length > 0 ? found : [well("certificates", wellText(certificates))];
}

function wellText(certificates: CertificateFacts["certificates"]): string {
  const first = certificates.map(({ notAfter }) => notAfter.getTime()).sort((a, b) => a - b)[0];
  if (first === undefined) return "there are none, so https is not served";
  return `${certificates.length} served; the first ends on ${dayOf(new Date(first))}`;
}

/** Whose a certificate is, and how commands name that. */
interface HolderWords {
  name: string;
  flag: string;
}
const ofPlatform: HolderWords = { name: "the platform", flag: "--platform" };

function endingSoon(
  one: CertificateFacts["certificates"][number],
  { name, flag }: HolderWords,
  nowMs: number,
): Finding {
  const over = one.notAfter.getTime() <= nowMs;
  return (over ? fault : warning)("certificates", {
    what: `${one.id} of ${name} (${one.hostnames.join(", ")}) ${over ? "ended" : "ends"} on ${dayOf(one.notAfter)}`,
    meaning: over ? "Browsers refuse its hosts." : "After that browsers refuse its hosts.",
    remedy: `Add its successor with paas certs:add CHAIN KEY ${flag}, or let them come by themselves: paas certs:auto on ${flag}`,
  });
}

/** A name that only waits for its DNS is no fault yet; one that is refused and has nothing left is. */
function failing(
  order: CertificateFacts["orders"][number],
  { name, flag }: HolderWords,
  until: Date | undefined,
): Finding {
  const severity = order.failures > 0 && until === undefined ? fault : warning;
  return severity("certificates", {
    what: `${order.hostname} of ${name} gets no automatic certificate: ${order.problem}`,
    meaning:
      until === undefined
        ? "It is not served over https."
        : `The one it has is good until ${dayOf(until)}; after that browsers refuse it.`,
    remedy: `Mend what it says, then paas certs:auto on ${flag} tries at once; else the next try is at ${order.nextAt.toISOString()}.`,
  });
}

const leftBehind = ({ name, value, problem }: CertificateFacts["records"][number]): Finding =>
  warning("certificates", {
    what: `the TXT record ${name} (${value}) was not removed: ${problem}`,
    meaning: "It does no harm, but a name may have few of them.",
    remedy: "Mend what it says, and it is removed by itself within a day; or remove it by hand.",
  });

const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
