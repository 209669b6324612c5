import { z } from "zod";
import { challengeTypes } from "../acme";

const date = z.iso.datetime();

/** Both PEM; the host's own certificate first in the chain. */
export const addCertificateSchema = z.strictObject({ chain: z.string(), key: z.string() });
export type AddCertificate = z.infer<typeof addCertificateSchema>;

/** A certificate; its key is never told. */
export const certificateViewSchema = z.object({
  id: z.string(),
  /** Added by people; false: got by ACME. */
  own: z.boolean(),
  hostnames: z.array(z.string()),
  /** Names it is served for now. */
  serves: z.array(z.string()),
  issuer: z.string(),
  notBefore: date,
  notAfter: date,
  /** SHA-256, hex. */
  fingerprint: z.string(),
  keyType: z.string(),
  /** Whether an authority that Node.js knows issued it. */
  trusted: z.boolean(),
});
export type CertificateView = z.infer<typeof certificateViewSchema>;

/** Words as core/tls-policy.ts takes them; what is absent stays. */
export const changeTlsPolicySchema = z.strictObject({
  redirect: z.string().optional(),
  hsts: z.string().optional(),
});
export type ChangeTlsPolicy = z.infer<typeof changeTlsPolicySchema>;

const tlsPolicySchema = z.object({ redirect: z.string(), hsts: z.string() });
export const tlsPolicyViewSchema = tlsPolicySchema.extend({
  /** Before the change, to say how to undo it. */
  previous: tlsPolicySchema,
});
export type TlsPolicyView = z.infer<typeof tlsPolicyViewSchema>;

export const setAutomaticSchema = z.strictObject({ on: z.boolean() });
export type SetAutomatic = z.infer<typeof setAutomaticSchema>;

/** How automatic certificates stand with an app. */
export const automaticViewSchema = z.object({
  on: z.boolean(),
  hosts: z.array(
    z.object({
      hostname: z.string(),
      /** How the authority is shown that it is ours. */
      challenge: z.enum(challengeTypes),
      /** Why it has no certificate yet, or why its renewal failed; null: nothing is wrong. */
      problem: z.string().nullable(),
      /** Refused by the authority that often in a row. */
      failures: z.number().int(),
      triedAt: date.nullable(),
      nextAt: date,
    }),
  ),
  /** Domains that cannot have one, since there is no DNS hook. */
  wildcards: z.array(z.string()),
});
export type AutomaticView = z.infer<typeof automaticViewSchema>;
