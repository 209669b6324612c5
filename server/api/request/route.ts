import type { Request, Response } from "express";
import type { z } from "zod";
import type { App } from "../../../core/app";
import type { Logger } from "../../../core/logger";
import type { Actor, Verb } from "../../../core/policy";
import type { Apps } from "../platform/apps";
import type { Notices } from "../platform/notices";
import type { Tokens } from "../platform/tokens";
import { authenticate } from "./authenticate";
import { readBody } from "./body";
import { permit, permitApp } from "./permit";
import { streamLines, whileConnected } from "./stream";
import { uploadOf } from "./upload";

/** What a handler gets: who asks, for what, already allowed and checked; `P` is what it needs of the platform. */
export interface Call<P, B = undefined> {
  platform: P;
  actor: Actor;
  body: B;
  param(name: string): string;
  query(name: string): string | undefined;
  /** For a route without a schema: its body as it comes. */
  upload(maxBytes: number): AsyncIterable<Buffer>;
  signal: AbortSignal;
}
export interface AppCall<P, B = undefined> extends Call<P, B> {
  app: App;
}

type Method = "get" | "post" | "patch" | "delete";

export interface Spec<B, C> {
  method: Method;
  path: string;
  body?: z.ZodType<B>;
  /** Status of a good answer; 200 unless said. An `undefined` answer is 204. */
  status?: number;
  /** Either one JSON answer ... */
  answer?(call: C): Promise<unknown>;
  /** ... or text in the form of Prometheus ... */
  text?(call: C): Promise<string>;
  /** ... or NDJSON lines; what can be refused is refused before the promise resolves. */
  stream?(call: C): Promise<AsyncIterable<unknown>>;
}

/** What stands before each handler: whose token it is, which app is meant, what he has not heard of it. */
type Gate = Tokens & Apps & Notices;

/** A route cannot exist without saying which right it wants; null is: any valid token. */
export interface Route<P> {
  method: Method;
  path: string;
  verb: Verb | null;
  serve(parts: { platform: P & Gate; log: Logger }, req: Request, res: Response): Promise<void>;
}

/** How to make routes whose handlers need `P` of the platform. */
export function routesFor<P>(): RouteMakers<P> {
  return { platformRoute, appRoute };
}

interface RouteMakers<P> {
  /** A route that concerns no single app. */
  platformRoute<B = undefined>(spec: Spec<B, Call<P, B>> & { verb: Verb | null }): Route<P>;
  /** A route under `/apps/:app`. */
  appRoute<B = undefined>(spec: Spec<B, AppCall<P, B>> & { verb: Verb }): Route<P>;
}

function platformRoute<P, B>(spec: Spec<B, Call<P, B>> & { verb: Verb | null }): Route<P> {
  return {
    ...spec,
    async serve({ platform, log }, req, res) {
      const actor = await authenticate(platform, req);
      if (spec.verb) permit(actor, spec.verb);
      await reply(spec, await callOf(spec, platform, actor, req, res), res, log);
    },
  };
}

function appRoute<P, B>(spec: Spec<B, AppCall<P, B>> & { verb: Verb }): Route<P> {
  return {
    ...spec,
    path: `/apps/:app${spec.path}`,
    async serve({ platform, log }, req, res) {
      const actor = await authenticate(platform, req);
      const app = await permitApp(platform, actor, spec.verb, paramOf(req, "app"));
      const notice = await platform.noticeOf(actor, app);
      if (notice) res.setHeader("Paas-Notice", encodeURIComponent(notice));
      await reply(spec, { ...(await callOf(spec, platform, actor, req, res)), app }, res, log);
    },
  };
}

const paramOf = (req: Request, name: string): string => {
  const value = req.params[name];
  return typeof value === "string" ? value : "";
};

async function callOf<P, B>(
  spec: { body?: z.ZodType<B> },
  platform: P,
  actor: Actor,
  req: Request,
  res: Response,
): Promise<Call<P, B>> {
  // Without a schema a handler's B is undefined, and nothing of the body is read.
  const body = spec.body ? await readBody(spec.body, req, res) : (undefined as B);
  const query = new URL(req.url, "http://localhost").searchParams;
  return {
    platform,
    actor,
    body,
    param: (name) => paramOf(req, name),
    query: (name) => query.get(name) ?? undefined,
    upload: (maxBytes) => uploadOf(req, maxBytes),
    signal: whileConnected(res),
  };
}

async function reply<B, C extends Call<unknown, B>>(
  spec: Spec<B, C>,
  call: C,
  res: Response,
  log: Logger,
): Promise<void> {
  if (spec.stream) return streamLines(res, await spec.stream(call), call.signal, log);
  if (spec.text) {
    const text = await spec.text(call);
    res.type("text/plain; version=0.0.4; charset=utf-8").send(text);
    return;
  }
  const answer = await spec.answer?.(call);
  if (answer === undefined) res.status(204).end();
  else res.status(spec.status ?? 200).json(answer);
}
