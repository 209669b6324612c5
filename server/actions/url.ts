import type { App } from "../../core/app";
import type { Context } from "./context";

/** Where a hostname of an app answers: `http://shop.localhost:8080`, or https where a certificate that has not expired stands for it. */
export async function urlOf(
  { settings, store }: Pick<Context, "settings" | "store">,
  app: App,
  hostname: string,
): Promise<string> {
  if (await store.certificates.covers(app.id, hostname))
    return origin("https", hostname, settings.httpsPort, 443);
  return origin("http", hostname, settings.httpPort, 80);
}

const origin = (scheme: string, hostname: string, port: number, usual: number): string =>
  `${scheme}://${hostname}${port === usual ? "" : `:${port}`}`;
