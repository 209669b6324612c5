import type { App } from "../../../core/app";
import { covers } from "../../../core/hostname";
import type { Certificates } from "../../store/certificates";
import type { Context } from "../context";

/** A hostname of an app. */
export interface AppHost {
  app: App;
  hostname: string;
}

export interface UrlContext {
  settings: Pick<Context["settings"], "httpPort" | "httpsPort">;
  store: { certificates: Pick<Certificates, "valid"> };
}

/** Where hostnames answer, in their order: `http://shop.localhost:8080`, or https where a certificate that has not expired stands for it. */
export async function urlsOf({ settings, store }: UrlContext, hosts: readonly AppHost[]): Promise<string[]> {
  const valid = await store.certificates.valid([...new Set(hosts.map(({ app }) => app.id))]);
  const namesOf = new Map<string | null, string[]>();
  for (const { appId, hostnames } of valid) namesOf.set(appId, [...(namesOf.get(appId) ?? []), ...hostnames]);
  const isSecure = ({ app, hostname }: AppHost) =>
    [app.id, null].some((owner) => namesOf.get(owner)?.some((name) => covers(name, hostname)));
  return hosts.map((host) =>
    isSecure(host)
      ? origin("https", host.hostname, settings.httpsPort, 443)
      : origin("http", host.hostname, settings.httpPort, 80),
  );
}

/** The same of one. */
export async function urlOf(ctx: UrlContext, app: App, hostname: string): Promise<string> {
  const [url = ""] = await urlsOf(ctx, [{ app, hostname }]);
  return url;
}

const origin = (scheme: string, hostname: string, port: number, usual: number): string =>
  `${scheme}://${hostname}${port === usual ? "" : `:${port}`}`;
