import type { Exchange } from "./exchange";
import { dialFault, type FaultName } from "./fault";
import type { Pool } from "./pool";
import type { Destination } from "./table";
import type { TargetState } from "./target";

/** No further target is tried after this long. */
const searchMs = 10_000;

export interface Reach {
  exchange: Exchange;
  pool: Pool;
  /** Asked at each try, so that no request begins on a target that left the table meanwhile. */
  resolve: () => Destination;
  /** Readies a connection to the target; undefined when there is one already. */
  connect: (state: TargetState) => Promise<unknown> | undefined;
  /** Called with a target that took a connection, in the same turn in which it did. */
  use: (state: TargetState, destination: Destination) => void;
  refuse: (fault: FaultName) => void;
}

/**
 * Finds a target that takes a connection: as long as nothing was sent, one that does not is left out and another tried.
 * The exchange then holds it. Ends in `use` or `refuse`, or in neither when the client has left. Never rejects.
 */
export async function reach({ exchange, pool, resolve, connect, use, refuse }: Reach): Promise<void> {
  const tried = new Set<TargetState>();
  let fault: FaultName = "crashed";
  for (;;) {
    const destination = resolve();
    if (destination.kind === "nowhere") return refuse(destination.fault);
    const state = exchange.elapsedMs() < searchMs ? pool.choose(destination.targets, tried) : undefined;
    if (!state) return refuse(fault);
    exchange.hold(state);
    const from = exchange.elapsedMs();
    try {
      const opening = connect(state);
      if (opening) await opening;
    } catch (error) {
      exchange.letGo();
      pool.leaveOut(state);
      tried.add(state);
      fault = destination.kind === "platform" ? "platform" : dialFault(error);
      if (exchange.over) return;
      continue;
    }
    state.takeIn();
    if (exchange.over) return;
    exchange.connectMs = exchange.elapsedMs() - from;
    return use(state, destination);
  }
}
