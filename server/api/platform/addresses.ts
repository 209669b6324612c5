import type { App } from "../../../core/app";
import { appHostname } from "../../../core/route";
import type { Context } from "../../actions/context";
import { type AppHost, urlsOf } from "../../actions/http/url";

/** Where apps answer, and where they are pushed to. */
export interface Addresses {
  /** Where hostnames of apps answer, e.g. http://shop.localhost:8080, in their order. */
  urlsOf(hosts: readonly AppHost[]): Promise<string[]>;
  /** The hostname that an app has from the start. */
  hostnameOf(app: App): string;
  gitUrlOf(app: App): string;
}

export const addressesOf = (ctx: Context): Addresses => ({
  urlsOf: (hosts) => urlsOf(ctx, hosts),
  hostnameOf: (app) => appHostname(app.name, ctx.settings.domain),
  gitUrlOf: (app) => `${apiOrigin(ctx.settings.bind, ctx.settings.apiPort)}/git/${app.name}.git`,
});

/** Where the API is reached from this machine, whatever it listens on. */
function apiOrigin(bind: string, apiPort: number): string {
  const address = bind === "0.0.0.0" ? "127.0.0.1" : bind === "::" ? "::1" : bind;
  return `http://${address.includes(":") ? `[${address}]` : address}:${apiPort}`;
}
