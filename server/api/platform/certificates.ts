import type { Actor } from "../../../core/policy";
import type { TlsPolicy, TlsWords } from "../../../core/tls-policy";
import type { AddCertificate } from "../../../core/wire";
import type { Context } from "../../actions/context";
import { type Automatic, readAutomatic, setAutomatic } from "../../actions/http/automatic-certificates";
import { type Holder, platformHolder } from "../../actions/http/certificate-holder";
import {
  addCertificate,
  listCertificates,
  removeCertificate,
  type ServedCertificate,
  setTlsPolicy,
} from "../../actions/http/certificates";

/** Certificates of an app's hostnames or of the platform's own, and how TLS is spoken for them. */
export interface Certificates {
  /** The platform, as who holds its own certificates. */
  certificateHolder(): Promise<Holder>;
  listCertificates(holder: Holder): Promise<ServedCertificate[]>;
  addCertificate(actor: Actor, holder: Holder, wish: AddCertificate): Promise<ServedCertificate>;
  removeCertificate(actor: Actor, holder: Holder, id: string): Promise<void>;
  readAutomatic(holder: Holder): Promise<Automatic>;
  setAutomatic(actor: Actor, holder: Holder, on: boolean): Promise<Automatic>;
  setTlsPolicy(
    actor: Actor,
    holder: Holder,
    words: TlsWords,
  ): Promise<{ tls: TlsPolicy; previous: TlsPolicy }>;
}

export const certificatesOf = (ctx: Context): Certificates => ({
  certificateHolder: () => platformHolder(ctx),
  listCertificates: (holder) => listCertificates(ctx, holder),
  addCertificate: (...args) => addCertificate(ctx, ...args),
  removeCertificate: (...args) => removeCertificate(ctx, ...args),
  readAutomatic: (holder) => readAutomatic(ctx, holder),
  setAutomatic: (...args) => setAutomatic(ctx, ...args),
  setTlsPolicy: (...args) => setTlsPolicy(ctx, ...args),
});
