import { z } from "zod";
import { type AppRoute, appRouteSchema, tlsWishSchema } from "./route";

/** All that a router knows. Versions come from a Postgres sequence and only rise; a router ignores an older or absent table. */
export interface RouteTable extends PlatformParts {
  version: number;
  /** The host's boot in which the addresses hold: after a reboot others may have them, and routers ignore the table. */
  bootId?: string | undefined;
  /** By app id. */
  apps: Readonly<Record<string, AppRoute>>;
}

const versionSchema = z.number().int();
/** What of a table is no app's; in a change: without, it is as it was. */
const platformParts = {
  /** Name or wildcard -> id of the platform's own certificate, for names of which no app has one. */
  certificates: z.record(z.string(), z.string()).optional(),
  /** Of the platform's own host. */
  platform: z.object({ tls: tlsWishSchema }).optional(),
  /** Hostname -> digest of a TLS-ALPN-01 challenge that is open, base64url (core/challenge-certificate.ts). */
  tlsChallenges: z.record(z.string(), z.string()).optional(),
};
const platformPartsSchema = z.object(platformParts);
export type PlatformParts = z.infer<typeof platformPartsSchema>;
export const platformPartNames = platformPartsSchema.keyof().options;

/** What is other in one version of the table than in another; whoever has not that other one cannot use it. */
export const tableChangeSchema = z.object({
  from: versionSchema,
  version: versionSchema,
  /** Apps that are new or not as they were; null: there no more. */
  apps: z.record(z.string(), appRouteSchema.nullable()),
  ...platformParts,
});
export type TableChange = z.infer<typeof tableChangeSchema>;

/** What is said of a table that was just stored: what it changes, or null, when all of it was written anew. */
export const tableNewsSchema = z.union([
  tableChangeSchema,
  z.object({ from: z.null(), version: versionSchema }),
]);
export type TableNews = z.infer<typeof tableNewsSchema>;

/** What a table holds beside its apps. */
export const tableHeadSchema = z.object({
  version: versionSchema,
  bootId: z.string().optional(),
  ...platformParts,
});

export const emptyRouteTable: RouteTable = { version: 0, apps: {} };

/** Which certificate each name gets, whoever's it is. */
export function certificatesOf({ apps, certificates }: RouteTable): Record<string, string> {
  return Object.assign({}, certificates, ...Object.values(apps).map((app) => app.certificates));
}
