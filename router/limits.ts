/** How long the router waits, in milliseconds. */
export interface Limits {
  /** For a target to take a connection. */
  connectMs: number;
  /** From the end of the request's body to the first byte of the answer. */
  firstByteMs: number;
  /** Without a byte either way, while a request or its answer is under way. */
  idleMs: number;
  /** A gRPC call that lasts longer is a stream: of which kind it is, its head does not tell. */
  longCallMs: number;
  /** For a request's head to arrive. */
  headMs: number;
  /** For a client that keeps its connection to send another request. */
  keepAliveMs: number;
  /** For what is in flight when the router is asked to end. */
  drainMs: number;
  /** For what is in flight when others take over: uploads and pushes may take long. */
  leaveMs: number;
  /** For the next request of a client that is idle then. */
  leaveIdleMs: number;
}

export const defaultLimits: Limits = {
  connectMs: 5_000,
  firstByteMs: 30_000,
  idleMs: 55_000,
  longCallMs: 30_000,
  headMs: 10_000,
  keepAliveMs: 65_000,
  drainMs: 30_000,
  leaveMs: 3_600_000,
  leaveIdleMs: 5_000,
};
