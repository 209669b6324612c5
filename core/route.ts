import { z } from "zod";
import { type Figures, latencyBuckets } from "./figures";
import { httpPolicySchema } from "./http-policy";

/** One place a router may send an app's requests to. */
export const targetSchema = z.object({
  instanceId: z.string(),
  /** People's name for it, e.g. `web.1`: for logs. */
  name: z.string(),
  node: z.string(),
  address: z.string(),
  port: z.number().int(),
  /** Version of the release it runs. */
  release: z.number().int().optional(),
});
export type Target = z.infer<typeof targetSchema>;

/** What is wanted of TLS: http sent to https, and the value of Strict-Transport-Security. */
export const tlsWishSchema = z.object({
  redirect: z.boolean(),
  hsts: z.string().nullable(),
  /** Thumbprint of the key by which the router answers ACME's questions; without: they go on. */
  acme: z.string().optional(),
});

/**
 * All that a router knows of one app.
 * serve: to the targets · hold: requests wait, a target is coming · maintenance: 503 H80 · none: 503 H14.
 */
export const appRouteSchema = z.object({
  name: z.string(),
  /** Hostnames that lead to it (lower case, no port), or `*.example.com` for those with one label before it. */
  hosts: z.array(z.string()),
  mode: z.enum(["serve", "hold", "maintenance", "none"]),
  targets: z.array(targetSchema),
  tls: tlsWishSchema.optional(),
  /** What the app wants of the requests to it. */
  http: httpPolicySchema.optional(),
  /** Limits for what an instance that left still serves; without: the defaults. */
  drain: z.object({ streamsMs: z.number().int().min(0) }).optional(),
  /** Releases of the app bake for so long after a switch: their requests are counted. */
  bake: z.object({ windowMs: z.number().int().min(1) }).optional(),
  /** HTML pages of its own by id, which is made of their content. */
  pages: z.record(z.string(), z.string()).optional(),
  /** Name or wildcard that a client may ask for (SNI) -> id of the app's certificate that it gets; their contents go another way (keys.ts). */
  certificates: z.record(z.string(), z.string()).optional(),
});
export type AppRoute = z.infer<typeof appRouteSchema>;

/** What a router counted of an app's requests since the app's newest release took over. */
export const switchCountSchema = z.object({
  /** Version of that release. */
  release: z.number().int(),
  requests: z.number().int(),
  /** Those that the router had to refuse or cut, or that got no whole answer from the app. */
  failed: z.number().int(),
  slowestMs: z.number().int(),
  /** Streams of instances that had left, which have ended by now. */
  streams: z.number().int(),
});
export type SwitchCount = z.infer<typeof switchCountSchema>;

const countSchema = z.number().int().min(0);
const figuresSchema = z.object({
  requests: countSchema,
  errors: countSchema,
  latency: z.array(countSchema).max(latencyBuckets),
} satisfies Record<keyof Figures, z.ZodType>);

/** What a router counted of the release that serves an app with a bake window. */
export const bakeReportSchema = z.object({
  /** Version of that release. */
  release: z.number().int(),
  /** Since it took over, or since the router began. */
  fresh: figuresSchema,
  countedMs: z.number().int().min(0),
  /** Of the release before it, over the window before the switch; null when this router did not see that. */
  before: figuresSchema.extend({ release: z.number().int() }).nullable(),
});
export type BakeReport = z.infer<typeof bakeReportSchema>;

/** What a router says of itself: its lease and acknowledgement in one. */
export const routerReportSchema = z.object({
  routerId: z.string(),
  /** Version of the table it routes by now. */
  version: z.number().int(),
  /** Requests and upgraded connections in flight by instance id, of targets in the table and of those it still drains; zeros left out. */
  inFlight: z.record(z.string(), z.number().int()),
  /** How many of those are streams (core/drain.ts); zeros left out. */
  streams: z.record(z.string(), z.number().int()).default({}),
  /** By app id, of apps that switched lately or drain now. */
  switches: z.record(z.string(), switchCountSchema).default({}),
  /** By app id, of apps whose releases bake. */
  bakes: z.record(z.string(), bakeReportSchema).default({}),
});
export type RouterReport = z.infer<typeof routerReportSchema>;

/** That a router is no more, and serves nothing: by itself at its end, or by its successor where it was killed. Its lease need not run out. */
export const routerEndSchema = z.object({ routerId: z.string(), ended: z.literal(true) });
export type RouterEnd = z.infer<typeof routerEndSchema>;

/** A router is live while it renews its lease: it renews each `routerRenewMs`, the lease ends after `routerLeaseMs`. */
export const routerRenewMs = 1_000;
export const routerLeaseMs = 4_000;

/** The hostname an app answers at without any custom domain. */
export const appHostname = (appName: string, domain: string): string => `${appName}.${domain}`;

/** The platform's own hostname: API and git behind the router. */
export const platformHostname = (domain: string): string => `paas.${domain}`;
