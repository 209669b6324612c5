import type { App } from "../../../core/app";
import type { HttpState } from "../../../core/http-settings";
import type { Actor } from "../../../core/policy";
import type { Context } from "../../actions/context";
import { type HttpChange, setHttp, setHttpUser, setMaintenance } from "../../actions/http/http";
import type { StoredPage } from "../../store/http-pages";

/** How the router treats an app's requests. */
export interface Http {
  readHttp(app: App): Promise<HttpState>;
  /** Pages of its own, as they were fetched last. */
  listPages(app: App): Promise<StoredPage[]>;
  /** A null goes back to the default. */
  setHttp(actor: Actor, app: App, changes: Readonly<Record<string, string | null>>): Promise<HttpChange>;
  /** A password of null takes the user away. */
  setHttpUser(actor: Actor, app: App, wish: { name: string; password: string | null }): Promise<HttpChange>;
  setMaintenance(actor: Actor, app: App, on: boolean): Promise<HttpChange>;
}

export const httpOf = (ctx: Context): Http => ({
  readHttp: (app) => ctx.store.httpSettings.read(app.id),
  listPages: (app) => ctx.store.httpPages.of(app.id),
  setHttp: (...args) => setHttp(ctx, ...args),
  setHttpUser: (...args) => setHttpUser(ctx, ...args),
  setMaintenance: (...args) => setMaintenance(ctx, ...args),
});
