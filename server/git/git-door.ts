import type { App } from "../../core/app";
import type { Actor } from "../../core/policy";
import type { PushOutput, RefAnswer, RefUpdate } from "../../core/push";
import type { Repositories } from "../repositories/repositories";

/** What the git receiver needs of the house. */
export interface GitDoor {
  /** The actor of an API token; null for an unknown one. */
  authenticate(token: string): Promise<Actor | null>;
  findApp(name: string): Promise<App | null>;
  /**
   * Decides on all commands of one push; their objects are in the repository, fsck'ed. The answer for each ref is `moved: true` (done by
   * the server), `moved: false` (git shall do it) or a refusal. `signal` aborts when nobody can hear the answer any more: the pusher
   * or his receive-pack is gone. That is no reason to stop a deploy.
   */
  receive(
    actor: Actor,
    app: App,
    updates: RefUpdate[],
    output: PushOutput,
    signal: AbortSignal,
  ): Promise<RefAnswer[]>;
  repositories: Repositories;
  /** Told of every failure that is not the caller's, for the operator's log. */
  fault(error: unknown): void;
  limits?: Partial<GitDoorLimits>;
}

export interface GitDoorLimits {
  /** Largest request body of a push, after inflating, in bytes. A little over the pack limit, whose message is friendlier. */
  pushBytes: number;
  /** Largest request body of a fetch, after inflating. */
  fetchBytes: number;
  /** A connection on which nothing moves for so long is closed. */
  idleMs: number;
}

export const defaultDoorLimits: GitDoorLimits = {
  pushBytes: 1024 ** 3 + 1024 ** 2,
  fetchBytes: 64 * 1024 ** 2,
  idleMs: 120_000,
};
