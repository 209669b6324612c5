import type { ProcessMark } from "../processes/find";
import type { HeldSockets } from "./held-sockets";

/** One process of the platform, as data: how to start it, how to know it, how to end it. */
export interface Role {
  name: string;
  command: string;
  argv: string[];
  env: Record<string, string>;
  cwd: string;
  /** Who it runs as; absent: as we do. */
  user?: SystemUser;
  mark: ProcessMark;
  /** What it was built and configured from. A running one with another fingerprint is replaced, not adopted. */
  fingerprint: string;
  /**
   * What happens to it when the supervisor dies: `ends` by itself (its IPC channel closes), or `goes-on` serving, to be adopted by
   * the next supervisor. Adopting a router drops no request; replacing one would close the port for a moment.
   */
  orphan: "ends" | "goes-on";
  /** Whether a replacement waits until the old process has ended, or starts while that one finishes its last requests. */
  replace: "in-turn" | "overlapping";
  /** Where it listens, if its ports are held while it is dead. */
  sockets?: HeldSockets;
  /** `ipc`: it sends {ready: true}. Else a question asked until the answer is true. */
  ready: "ipc" | (() => Promise<boolean>);
  readyWithinMs: number;
  /** Clears what a killed predecessor left behind; called before each start, when no predecessor runs. */
  beforeStart?: () => void;
  stopSignal: NodeJS.Signals;
  stopWithinMs: number;
}

export interface SystemUser {
  uid: number;
  gid: number;
}
