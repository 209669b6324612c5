import type { App } from "../../../core/app";
import { conflict, invalid, notFound } from "../../../core/error";
import { pageKinds } from "../../../core/http-setting-words";
import {
  changeHttpSettings,
  checkRedirects,
  type HttpState,
  httpPolicyOf,
} from "../../../core/http-settings";
import { hashPassword } from "../../../core/password";
import type { Actor } from "../../../core/policy";
import type { Context } from "../context";
import { hostsOf } from "./certificate-holder";
import { fetchOwnPage } from "./own-pages";

export interface HttpChange {
  state: HttpState;
  previous: HttpState;
}

const namePattern = /^[A-Za-z0-9._@-]{1,64}$/;
const mostUsers = 100;
const acknowledgeLimitMs = 5_000;

/** Changes how routers treat the app's requests; they hear of it at once, and nothing is started anew. */
export async function setHttp(
  ctx: Context,
  actor: Actor,
  app: App,
  changes: Readonly<Record<string, string | null>>,
): Promise<HttpChange> {
  const hosts = await hostsOf(ctx, { app });
  await fetchPages(ctx, app, changes);
  return change(ctx, actor, app, (state) => {
    const next = { ...state, settings: changeHttpSettings(state.settings, changes) };
    // Only what is asked for now is judged: a hostname that was lost meanwhile must not stand in the way of other changes.
    if (changes["canonical-host"] || changes.redirects) checkRedirects(httpPolicyOf(next), hosts);
    return next;
  });
}

/** Pages are fetched before anything is changed: who sets one is told if it cannot be had. */
async function fetchPages(
  ctx: Context,
  app: App,
  changes: Readonly<Record<string, string | null>>,
): Promise<void> {
  for (const kind of pageKinds) {
    const url = changes[`${kind}-page`];
    if (url) await ctx.store.httpPages.keep({ appId: app.id, kind, url }, await fetchOwnPage(ctx, url));
  }
}

/** On: every request is answered with 503 (H80) and the maintenance page. Instances and their checks are left alone. */
export const setMaintenance = (ctx: Context, actor: Actor, app: App, on: boolean): Promise<HttpChange> =>
  change(ctx, actor, app, (state) => ({ ...state, maintenance: on }));

/** Lets a user in by basic auth, or takes him away (null). Of the password only its hash is kept. */
export async function setHttpUser(
  ctx: Context,
  actor: Actor,
  app: App,
  { name, password }: { name: string; password: string | null },
): Promise<HttpChange> {
  if (!namePattern.test(name))
    throw invalid(`${JSON.stringify(name.slice(0, 70))} is no name: up to 64 letters, digits and . _ @ -`);
  const hash = password === null ? null : await hashPassword(checkedPassword(password));
  return change(ctx, actor, app, (state) => ({
    ...state,
    users: changedUsers(app, state.users, name, hash),
  }));
}

function changedUsers(
  app: App,
  users: HttpState["users"],
  name: string,
  hash: string | null,
): HttpState["users"] {
  const { [name]: before, ...others } = users;
  if (hash === null && before === undefined)
    throw notFound(`${name} is no user of ${app.name}: paas http:auth -a ${app.name} lists them.`);
  if (hash === null) return others;
  if (Object.keys(others).length >= mostUsers)
    throw conflict(`There are ${mostUsers} users: take one away first, with paas http:auth NAME --remove.`);
  return { ...others, [name]: hash };
}

function checkedPassword(password: string): string {
  if (password.length >= 8 && password.length <= 200 && !/\p{Cc}/u.test(password)) return password;
  throw invalid("The password must have from 8 to 200 characters, in one line.");
}

async function change(
  ctx: Context,
  actor: Actor,
  app: App,
  how: (state: HttpState) => HttpState,
): Promise<HttpChange> {
  const changed = await ctx.store.httpSettings.change(app.id, actor.name, how);
  // What it is spoken to is what its health checks go by, too.
  ctx.scheduler.nudge(app.id);
  const version = await ctx.routing.refresh(app.id);
  // So that it holds when its author is told so; a router that is away takes it when it is back.
  if (ctx.routers.live().length > 0) await ctx.routers.waitAcknowledged(version, acknowledgeLimitMs);
  return changed;
}
