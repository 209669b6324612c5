import { challengeFor } from "../../core/acme";
import { tlsWords } from "../../core/tls-policy";
import {
  type AutomaticView,
  addCertificateSchema,
  type CertificateView,
  changeTlsPolicySchema,
  setAutomaticSchema,
  type TlsPolicyView,
} from "../../core/wire";
import type { Automatic } from "../actions/automatic-certificates";
import type { ServedCertificate } from "../actions/certificates";
import { appRoute, platformRoute } from "./route";

export const certificatesRoutes = [
  platformRoute({
    method: "get",
    path: "/certificates",
    verb: "platform:read",
    answer: async ({ platform }) => (await platform.listCertificates(null)).map(certificateView),
  }),
  platformRoute({
    method: "post",
    path: "/certificates",
    verb: "platform:write",
    body: addCertificateSchema,
    status: 201,
    answer: async ({ platform, actor, body }) =>
      certificateView(await platform.addCertificate(actor, null, body)),
  }),
  platformRoute({
    method: "delete",
    path: "/certificates/:id",
    verb: "platform:write",
    answer: ({ platform, actor, param }) => platform.removeCertificate(actor, null, param("id")),
  }),
  appRoute({
    method: "get",
    path: "/certificates",
    verb: "app:read",
    answer: async ({ platform, app }) => (await platform.listCertificates(app)).map(certificateView),
  }),
  appRoute({
    method: "post",
    path: "/certificates",
    verb: "domains:write",
    body: addCertificateSchema,
    status: 201,
    answer: async ({ platform, actor, app, body }) =>
      certificateView(await platform.addCertificate(actor, app, body)),
  }),
  appRoute({
    method: "delete",
    path: "/certificates/:id",
    verb: "domains:write",
    answer: ({ platform, actor, app, param }) => platform.removeCertificate(actor, app, param("id")),
  }),
  appRoute({
    method: "get",
    path: "/certificates/automatic",
    verb: "app:read",
    answer: async ({ platform, app }) => automaticView(await platform.readAutomatic(app)),
  }),
  appRoute({
    method: "patch",
    path: "/certificates/automatic",
    verb: "domains:write",
    body: setAutomaticSchema,
    answer: async ({ platform, actor, app, body }) =>
      automaticView(await platform.setAutomatic(actor, app, body.on)),
  }),
  appRoute({
    method: "get",
    path: "/tls",
    verb: "app:read",
    async answer({ app }): Promise<TlsPolicyView> {
      return { ...tlsWords(app.tls), previous: tlsWords(app.tls) };
    },
  }),
  appRoute({
    method: "patch",
    path: "/tls",
    verb: "domains:write",
    body: changeTlsPolicySchema,
    async answer({ platform, actor, app, body }): Promise<TlsPolicyView> {
      const { tls, previous } = await platform.setTlsPolicy(actor, app, body);
      return { ...tlsWords(tls), previous: tlsWords(previous) };
    },
  }),
];

const certificateView = (certificate: ServedCertificate): CertificateView => ({
  id: certificate.id,
  own: certificate.own,
  hostnames: certificate.hostnames,
  serves: certificate.serves,
  issuer: certificate.issuer,
  notBefore: certificate.notBefore.toISOString(),
  notAfter: certificate.notAfter.toISOString(),
  fingerprint: certificate.fingerprint,
  keyType: certificate.keyType,
  trusted: certificate.trusted,
});

const automaticView = ({ on, orders, wildcards }: Automatic): AutomaticView => ({
  on,
  hosts: orders.map(({ hostname, problem, failures, triedAt, nextAt }) => ({
    hostname,
    challenge: challengeFor(hostname),
    problem,
    failures,
    triedAt: triedAt?.toISOString() ?? null,
    nextAt: nextAt.toISOString(),
  })),
  wildcards,
});
