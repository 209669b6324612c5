import { STATUS_CODES } from "node:http";
import { type FaultName, faults } from "./fault";
import type { Refusal } from "./http1/refusal";

export interface ErrorPage {
  status: number;
  reason: string;
  headers: Record<string, string>;
  /** One character a byte. */
  body: string;
}

const advice: Partial<Record<FaultName, string>> = {
  unknownHost: "There is no app at this address. Check its spelling, or create the app and push to it.",
  badRequest: "The request could not be understood.",
  notImplemented: "The request uses a transfer coding that is not supported here.",
  forbidden: "This app does not answer your address.",
  unauthorized: "This app wants a name and a password.",
  bodyTooLarge: "What was sent is larger than this app takes.",
  headTooLarge: "The request's headers are larger than this app takes: it may help to delete its cookies.",
  tooManyRequests: "You have sent more requests than this app takes from one client. Try again in a moment.",
  tooManyConnections: "You have more requests under way than this app takes from one client at once.",
  crashed: "Every instance of this app is down. If it is yours, see its logs: paas logs --tail",
  backlog: "The app has more requests than it can take just now. Try again in a moment.",
  timeout: "The app took too long to answer. If it is yours, see its logs: paas logs --tail",
  noWeb:
    "This app runs no web process. If it is yours: deploy it (git push paas main), or start one (paas ps:scale web=1)",
  boot: "The app is just starting. Try again in a moment.",
  maintenance: "This app is down for maintenance and will be back soon.",
  platform: "This address cannot be served just now. Try again in a moment.",
  clientSlow: "The request did not arrive in time.",
  clientIdle: "The request did not arrive in time.",
};
const generalAdvice =
  "An error occurred in the app, and this page could not be served. If it is yours, see its logs: paas logs --tail";

/** What may be over in a moment. */
const soonBetter: ReadonlySet<FaultName> = new Set(["backlog", "boot", "platform"]);

const types = {
  html: "text/html; charset=utf-8",
  json: "application/json",
  plain: "text/plain; charset=utf-8",
} as const;

/** The answer for a fault, in the form that the client asks for: HTML (the app's own page, if it has one), JSON, or else plain text. */
export function errorPage(
  fault: FaultName,
  request: { accept: string | undefined; requestId: string },
  ownHtml?: string,
): ErrorPage {
  const { status, title } = faults[fault];
  const form = wishedForm(request.accept ?? "");
  const isOwn = form === "html" && ownHtml !== undefined;
  const text = isOwn ? ownHtml : bodyIn(form, fault, request.requestId);
  const body = Buffer.from(text).toString("latin1");
  return {
    status,
    reason: STATUS_CODES[status] ?? title,
    headers: {
      "Content-Type": types[form],
      "Content-Length": String(body.length),
      "Cache-Control": "no-store",
      "X-Request-Id": request.requestId,
      ...(soonBetter.has(fault) ? { "Retry-After": "2" } : {}),
    },
    body,
  };
}

/** What the client likes best (RFC 9110, 12.5.1); of what it likes as much, what it names first. */
export function wishedForm(accept: string): keyof typeof types {
  let best: { form: keyof typeof types; weight: number } = { form: "plain", weight: 0 };
  for (const range of accept.slice(0, 1_000).split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const given = parameters.find((parameter) => parameter.startsWith("q="));
    const weight = given === undefined ? 1 : Number(given.slice(2));
    const form = formOf(type);
    if (form !== undefined && weight > best.weight) best = { form, weight };
  }
  return best.form;
}

function formOf(type: string): keyof typeof types | undefined {
  if (type === "text/html" || type === "application/xhtml+xml") return "html";
  if (type === "application/json" || type.endsWith("+json")) return "json";
  return type === "text/plain" || type === "*/*" || type === "text/*" ? "plain" : undefined;
}

/** The request id was made or checked by the router, and the rest is ours: nothing here needs escaping. */
function bodyIn(form: keyof typeof types, fault: FaultName, requestId: string): string {
  const { code, status, title } = faults[fault];
  const message = advice[fault] ?? generalAdvice;
  if (form === "json") return `${JSON.stringify({ code, status, title, message, requestId })}\n`;
  const heading = code === null ? title : `${title} (${code})`;
  if (form === "html") return htmlPage(heading, message, requestId);
  return `${heading}\n\n${message}\nRequest id: ${requestId}\n`;
}

/** A page's head; `lines` are more lines of it. */
export function pageText(
  { status, reason, headers }: ErrorPage,
  connection: { keepAlive: boolean; lines: string },
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const how = connection.keepAlive ? "keep-alive" : "close";
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join("")}${connection.lines}Connection: ${how}\r\n\r\n`;
}

/** The answer to what is no request, or came too slowly; the connection ends with it. */
export function refusalText({ status, message }: Refusal, date: string): string {
  const body = `${message}\n`;
  const length = `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n`;
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${length}${date}Connection: close\r\n\r\n${body}`;
}

function htmlPage(heading: string, text: string, requestId: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading}</title>
<style>
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 16px/1.5 system-ui, sans-serif; color: #222; background: #f6f6f4; }
main { max-width: 34rem; padding: 2rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
small { color: #767672; }
</style>
</head>
<body><main>
<h1>${heading}</h1>
<p>${text}</p>
<small>Request id: ${requestId}</small>
</main></body>
</html>
`;
}
