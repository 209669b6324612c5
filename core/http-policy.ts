import { z } from "zod";

const count = z.number().int().min(1);

/** What an app is spoken to: HTTP/1.1, or HTTP/2 without TLS from the first byte. */
export const appProtocols = ["http1", "h2c"] as const;
export type AppProtocol = (typeof appProtocols)[number];

/** What an app wants of the requests to it, as routers are told; what is absent is not limited, or has the router's default. */
export const httpPolicySchema = z.object({
  /** Largest request body. */
  bodyBytes: count.optional(),
  /** Largest request head, request line included, and how many header fields it may have. */
  headBytes: count.optional(),
  headFields: count.optional(),
  /** Without a byte either way, while a request or its answer is under way. */
  idleMs: count.optional(),
  /** Bytes a second that a request's body must come with; 0: any. */
  bodyRate: z.number().int().min(0).optional(),
  /** Requests of one client under way at once, WebSockets included. */
  connections: count.optional(),
  /** Requests of one client: so many at once, and in the long run so many in that time. */
  rate: z.object({ requests: count, perMs: count }).optional(),
  /** Ranges (core/address-ranges.ts) that clients must be in, and must not be in. */
  allow: z.array(z.string()).optional(),
  deny: z.array(z.string()).optional(),
  /** Basic auth: name -> hash of the password (core/password.ts). */
  users: z.record(z.string(), z.string()).optional(),
  /** Where requests for any other host of the app are sent. */
  canonicalHost: z.string().optional(),
  /** Hostname or wildcard of the app -> hostname of the app that its requests are sent to. */
  redirects: z.record(z.string(), z.string()).optional(),
  /** Requests that an instance gets at once; more of them wait: so many, and for so long. */
  instanceRequests: count.optional(),
  queue: z.number().int().min(0).optional(),
  queueMs: count.optional(),
  /** How long requests wait for an app that will be there in a moment; as many as wait for an instance with room. */
  holdMs: z.number().int().min(0).optional(),
  /** A new instance gets its share of the requests bit by bit, and all of it after so long. */
  slowStartMs: count.optional(),
  /** A client stays with the instance that answered it, by a cookie. */
  sticky: z.boolean().optional(),
  protocol: z.enum(appProtocols).optional(),
  /** Pages of its own, by their ids in the table. */
  pages: z.object({ error: z.string().optional(), maintenance: z.string().optional() }).optional(),
  /** Every request is answered with the maintenance page. */
  maintenance: z.boolean().optional(),
});
export type HttpPolicy = z.infer<typeof httpPolicySchema>;
