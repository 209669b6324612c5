import { invalid, notFound } from "../../../core/error";
import { applyTlsWords, type TlsPolicy } from "../../../core/tls-policy";
import type { Automatic } from "../../../server/actions/http/automatic-certificates";
import type { Holder } from "../../../server/actions/http/certificate-holder";
import type { ServedCertificate } from "../../../server/actions/http/certificates";
import type { Certificates } from "../../../server/api/platform/certificates";
import { at, type Held, type World } from "./world";

export const fakeCertificates = (world: World): Certificates => ({
  certificateHolder: async () => ({ app: null, tls: world.own.tls }),
  listCertificates: async (holder) => heldBy(world, holder).certificates,
  async addCertificate(_actor, holder, { chain }) {
    if (!chain.includes("BEGIN CERTIFICATE")) throw invalid("There is no certificate: send PEM.");
    const added = { ...served, appId: holder.app?.id ?? null };
    heldBy(world, holder).certificates.push(added);
    return added;
  },
  async removeCertificate(_actor, holder, id) {
    const held = heldBy(world, holder);
    if (!held.certificates.some((one) => one.id === id))
      throw notFound(`${held.name} has no certificate ${JSON.stringify(id)}: see paas certs.`);
    held.certificates = held.certificates.filter((one) => one.id !== id);
  },
  readAutomatic: async (holder) => automaticOf(world, holder),
  async setAutomatic(_actor, holder, on) {
    setTls(world, holder, { ...heldBy(world, holder).tls, auto: on });
    return automaticOf(world, holder);
  },
  async setTlsPolicy(_actor, holder, words) {
    const previous = heldBy(world, holder).tls;
    const tls = applyTlsWords(previous, words);
    setTls(world, holder, tls);
    return { tls, previous };
  },
});

const served: ServedCertificate = {
  id: "c3rt1f1c",
  appId: null,
  own: true,
  hostnames: ["www.example.com", "example.com"],
  serves: ["www.example.com"],
  issuer: "Example Trust, R1",
  notBefore: at,
  notAfter: new Date("2027-01-19T10:00:00.000Z"),
  fingerprint: "ab".repeat(32),
  keyType: "RSA 2048",
  trusted: false,
  createdAt: at,
};

function heldBy(world: World, { app }: Holder): Held {
  if (app === null) return world.own;
  return Object.assign(world.of(app), { name: app.name, tls: app.tls });
}

function setTls(world: World, { app }: Holder, tls: TlsPolicy): void {
  (app ?? world.own).tls = tls;
}

function automaticOf(world: World, holder: Holder): Automatic {
  const { tls, domains } = heldBy(world, holder);
  const names = domains.filter((hostname) => tls.auto && !hostname.startsWith("*."));
  return {
    on: tls.auto,
    orders: names.map((hostname) => ({
      hostname,
      challenge: "http-01" as const,
      appId: holder.app?.id ?? null,
      url: null,
      failures: world.automaticProblem === null ? 0 : 2,
      problem: world.automaticProblem,
      triedAt: at,
      nextAt: new Date("2026-11-20T12:00:00.000Z"),
    })),
    wildcards: domains.filter((hostname) => hostname.startsWith("*.")),
  };
}
