import type { App } from "../../../core/app";
import type { Actor } from "../../../core/policy";
import type { Context } from "../../actions/context";
import { addDomain, removeDomain } from "../../actions/http/domains";

/** An app's custom hostnames. */
export interface Domains {
  listDomains(app: App): Promise<string[]>;
  /** Returns the hostname in its one spelling. */
  addDomain(actor: Actor, app: App, hostname: string): Promise<string>;
  removeDomain(actor: Actor, app: App, hostname: string): Promise<void>;
}

export const domainsOf = (ctx: Context): Domains => ({
  listDomains: (app) => ctx.store.domains.list(app.id),
  addDomain: (...args) => addDomain(ctx, ...args),
  removeDomain: (...args) => removeDomain(ctx, ...args),
});
