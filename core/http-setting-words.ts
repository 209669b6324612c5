import { invalid } from "./error";

/** What may be set of how the router treats an app's requests, and what each does. */
export const httpSettingWords = {
  "body-limit": "largest request body, such as 50m (413); default: any size",
  "head-limit": "largest request head, from 1k to 16k (431); default: 16k",
  "header-limit": "header fields of a request, from 8 to 128 (431); default: 128",
  "idle-timeout": "how long nothing may move in a request under way, such as 2m (H15, H28); default: 55s",
  "min-body-rate": "bytes a second a body must come with, after 20 s (H28); 0: any; default: 100",
  connections: "requests of one client under way at once, WebSockets too (429); default: any number",
  rate: "requests of one client, such as 100/s or 600/m (429); default: any number",
  allow: "addresses that may ask at all, such as 10.0.0.0/8,2001:db8::/32 (403 for others); default: all",
  deny: "addresses that may not ask (403); default: none",
  "canonical-host": "hostname of the app that all its others are sent to (308)",
  protocol: "what the app is spoken to: http1, or h2c (HTTP/2 without TLS), which gRPC needs; default: http1",
  "error-page": "URL of the page that browsers get when the app fails (H10 to H21), instead of ours",
  "maintenance-page": "URL of the page that browsers get during maintenance, instead of ours",
  redirects: "hostnames of the app sent to another: old.example.com:www.example.com,... (308)",
  "instance-requests": "requests that an instance gets at once; more wait in line; default: any number",
  queue: "requests that wait in line, from 0 to 10000 (H11 for more); default: 100",
  "queue-timeout": "how long one waits in line, from 1s to 60s (H11); default: 10s",
  "hold-timeout":
    "how long requests wait for an app that comes back, from 1s to 60s (H20); 0: refused at once; default: 30s",
  "slow-start": "how long a new instance takes to get its whole share, such as 30s; default: at once",
  sticky: "on: a client stays with its instance, by a cookie; default: off",
} as const;

/** Pages of an app's own; what is set is `<kind>-page`. */
export const pageKinds = ["error", "maintenance"] as const;
export type PageKind = (typeof pageKinds)[number];
/** Each goes to every router with the table. */
export const mostPageBytes = 32_768;

export type HttpSettingName = keyof typeof httpSettingWords;
export const httpSettingNames = Object.keys(httpSettingWords) as HttpSettingName[];
export type HttpSettings = { [name in HttpSettingName]?: string };

/** Throws `invalid` that lists the names there are. */
export function checkHttpSettingName(name: string): HttpSettingName {
  if (Object.hasOwn(httpSettingWords, name)) return name as HttpSettingName;
  throw invalid(
    `${JSON.stringify(name.slice(0, 40))} is no HTTP setting. There are: ${httpSettingNames.join(", ")}.`,
  );
}
