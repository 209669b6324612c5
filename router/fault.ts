/**
 * Everything the router may answer itself: the code of the access line, the status for the client and words for people.
 * Codes are Heroku's; `null` has none.
 */
export const faults = {
  unknownHost: { code: null, status: 404, title: "No such app", desc: "No such app" },
  badRequest: { code: "H26", status: 400, title: "Bad request", desc: "Request error" },
  notImplemented: { code: "H26", status: 501, title: "Not implemented", desc: "Request error" },
  forbidden: { code: "H26", status: 403, title: "Forbidden", desc: "Client address not allowed" },
  unauthorized: { code: null, status: 401, title: "Login needed", desc: "Login needed" },
  bodyTooLarge: { code: "H26", status: 413, title: "Request too large", desc: "Request body too large" },
  headTooLarge: { code: "H26", status: 431, title: "Request too large", desc: "Request head too large" },
  tooManyRequests: { code: "H26", status: 429, title: "Too many requests", desc: "Too many requests" },
  tooManyConnections: {
    code: "H22",
    status: 429,
    title: "Too many requests",
    desc: "Connection limit reached",
  },
  crashed: { code: "H10", status: 503, title: "Application error", desc: "App crashed" },
  backlog: { code: "H11", status: 503, title: "Too busy", desc: "Backlog too deep" },
  timeout: { code: "H12", status: 503, title: "Application error", desc: "Request timeout" },
  closedWithoutResponse: {
    code: "H13",
    status: 502,
    title: "Application error",
    desc: "Connection closed without response",
  },
  noWeb: { code: "H14", status: 503, title: "Nothing runs here", desc: "No web processes running" },
  idle: { code: "H15", status: 503, title: "Application error", desc: "Idle connection" },
  badResponse: { code: "H17", status: 502, title: "Application error", desc: "Poorly formed HTTP response" },
  interrupted: { code: "H18", status: 502, title: "Application error", desc: "Server request interrupted" },
  connectTimeout: {
    code: "H19",
    status: 503,
    title: "Application error",
    desc: "Backend connection timeout",
  },
  boot: { code: "H20", status: 503, title: "Starting", desc: "App boot timeout" },
  refused: { code: "H21", status: 503, title: "Application error", desc: "Backend connection refused" },
  clientInterrupted: { code: "H27", status: 499, title: "Client left", desc: "Client request interrupted" },
  clientIdle: { code: "H28", status: 408, title: "Request timeout", desc: "Client connection idle" },
  clientSlow: { code: "H28", status: 408, title: "Request timeout", desc: "Client sends too slowly" },
  maintenance: { code: "H80", status: 503, title: "Down for maintenance", desc: "Maintenance mode" },
  platform: { code: "H99", status: 503, title: "Not ready", desc: "Platform error" },
} as const satisfies Record<string, Fault>;

export interface Fault {
  code: string | null;
  status: number;
  title: string;
  desc: string;
}

export type FaultName = keyof typeof faults;

/** Those of a request that nobody wants to read to its end: its connection is closed. */
export const closingFaults: ReadonlySet<FaultName> = new Set(["bodyTooLarge", "headTooLarge", "clientSlow"]);

/** Whether a fault is the app's own: not the client's, and not the platform's. */
export const isOfApp = (fault: FaultName): boolean =>
  faults[fault].status >= 500 &&
  fault !== "platform" &&
  fault !== "notImplemented" &&
  fault !== "maintenance";

/** The fault of a connection that could not be opened. */
export function dialFault(error: unknown): FaultName {
  return codeOf(error) === "ETIMEDOUT" ? "connectTimeout" : "refused";
}

/** The system's code of an error. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
