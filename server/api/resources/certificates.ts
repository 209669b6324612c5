import { tlsWords } from "../../../core/tls-policy";
import {
  type AutomaticView,
  addCertificateSchema,
  type CertificateView,
  changeTlsPolicySchema,
  setAutomaticSchema,
  type TlsPolicyView,
} from "../../../core/wire";
import type { Automatic } from "../../actions/http/automatic-certificates";
import { type Holder, tlsOf } from "../../actions/http/certificate-holder";
import type { ServedCertificate } from "../../actions/http/certificates";
import type { Certificates } from "../platform/certificates";
import { type Call, type Route, routesFor, type Spec } from "../request/route";

const { appRoute, platformRoute } = routesFor<Certificates>();

type HeldCall<B> = Call<Certificates, B> & { holder: Holder };

/** A route for the certificates of an app, and the same for the platform's own. */
function held<B = undefined>({ answer, isChange, ...spec }: HeldSpec<B>): Route<Certificates>[] {
  return [
    appRoute<B>({
      ...spec,
      verb: isChange ? "domains:write" : "app:read",
      answer: (call) => answer({ ...call, holder: { app: call.app } }),
    }),
    platformRoute<B>({
      ...spec,
      verb: isChange ? "platform:write" : "platform:read",
      answer: async (call) => answer({ ...call, holder: await call.platform.certificateHolder() }),
    }),
  ];
}

type HeldSpec<B> = Pick<Spec<B, HeldCall<B>>, "method" | "path" | "body" | "status"> & {
  isChange: boolean;
  answer(call: HeldCall<B>): Promise<unknown>;
};

export const certificatesRoutes = [
  ...held({
    method: "get",
    path: "/certificates",
    isChange: false,
    answer: async ({ platform, holder }) => (await platform.listCertificates(holder)).map(certificateView),
  }),
  ...held({
    method: "post",
    path: "/certificates",
    isChange: true,
    body: addCertificateSchema,
    status: 201,
    answer: async ({ platform, actor, holder, body }) =>
      certificateView(await platform.addCertificate(actor, holder, body)),
  }),
  ...held({
    method: "delete",
    path: "/certificates/:id",
    isChange: true,
    answer: ({ platform, actor, holder, param }) => platform.removeCertificate(actor, holder, param("id")),
  }),
  ...held({
    method: "get",
    path: "/certificates/automatic",
    isChange: false,
    answer: async ({ platform, holder }) => automaticView(await platform.readAutomatic(holder)),
  }),
  ...held({
    method: "patch",
    path: "/certificates/automatic",
    isChange: true,
    body: setAutomaticSchema,
    answer: async ({ platform, actor, holder, body }) =>
      automaticView(await platform.setAutomatic(actor, holder, body.on)),
  }),
  ...held({
    method: "get",
    path: "/tls",
    isChange: false,
    async answer({ holder }): Promise<TlsPolicyView> {
      const words = tlsWords(tlsOf(holder));
      return { ...words, previous: words };
    },
  }),
  ...held({
    method: "patch",
    path: "/tls",
    isChange: true,
    body: changeTlsPolicySchema,
    async answer({ platform, actor, holder, body }): Promise<TlsPolicyView> {
      const { tls, previous } = await platform.setTlsPolicy(actor, holder, body);
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
  hosts: orders.map(({ hostname, challenge, problem, failures, triedAt, nextAt }) => ({
    hostname,
    challenge,
    problem,
    failures,
    triedAt: triedAt?.toISOString() ?? null,
    nextAt: nextAt.toISOString(),
  })),
  wildcards,
});
