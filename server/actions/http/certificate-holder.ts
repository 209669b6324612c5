import type { App } from "../../../core/app";
import type { Actor } from "../../../core/policy";
import { appHostname, platformHostname } from "../../../core/route";
import type { TlsPolicy } from "../../../core/tls-policy";
import type { Context } from "../context";

/** Whose certificates are meant: an app's, or the platform's own, which also serve where an app has none. */
export type Holder =
  | { app: App }
  /** With the policy of its own host. */
  | { app: null; tls: TlsPolicy };

export const appIdOf = ({ app }: Holder): string | null => app?.id ?? null;
export const tlsOf = (holder: Holder): TlsPolicy => (holder.app === null ? holder.tls : holder.app.tls);

/** For people. */
export const nameOf = ({ app }: Holder): string => app?.name ?? "the platform";
/** How commands name it. */
export const flagOf = ({ app }: Holder): string => (app ? `-a ${app.name}` : "--platform");

export const platformHolder = async ({ store }: Context): Promise<Holder> => ({
  app: null,
  tls: await store.platformTls.read(),
});

/** An app's own hostname, and its domains; the platform's, and all below its domain. */
export async function hostsOf({ settings, store }: Context, { app }: Holder): Promise<string[]> {
  const { domain } = settings;
  if (app === null) return [platformHostname(domain), `*.${domain}`];
  return [appHostname(app.name, domain), ...(await store.domains.list(app.id))];
}

/** Changes what it wants of TLS; routers hear of it with the next table. */
export function changeTls(
  { store }: Context,
  actor: Actor,
  { app }: Holder,
  change: (policy: TlsPolicy) => TlsPolicy,
): Promise<{ tls: TlsPolicy; previous: TlsPolicy }> {
  return app === null
    ? store.platformTls.change(actor.name, change)
    : store.apps.changeTls(app.id, actor.name, change);
}
