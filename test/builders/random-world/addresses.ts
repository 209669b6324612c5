import type { Observed } from "../../../core/observed";

interface Row {
  id: string;
  address: number;
  leftRotationAt: number | null;
}

type MayBeRouted = (row: Row, table: Observed["table"]) => boolean;

/** Addresses as the store remembers them; an instance that vanished keeps its own until it is reaped. */
export class Addresses {
  readonly #rows = new Map<string, Row>();

  of(id: string): number {
    return this.#rows.get(id)?.address ?? 0;
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  /** The lowest one that is free: the worst choice where others still mean it. */
  get next(): number {
    const taken = new Set([...this.#rows.values()].map((row) => row.address));
    let address = 2;
    while (taken.has(address)) address += 1;
    return address;
  }

  take(id: string): void {
    this.#rows.set(id, { id, address: this.next, leftRotationAt: null });
  }

  free(id: string): void {
    this.#rows.delete(id);
  }

  /** The rotation changes from the one list of ids to the other. */
  rotate(from: string[], to: string[], now: number): void {
    for (const row of this.#rows.values()) {
      if (to.includes(row.id)) row.leftRotationAt = null;
      else if (from.includes(row.id)) row.leftRotationAt = now;
    }
  }

  leftRotationAt(id: string): number | null {
    return this.#rows.get(id)?.leftRotationAt ?? null;
  }

  /** As the runner does before it plans: frees those of what is not there, if no router sends requests to them. */
  reap(there: Set<string>, table: Observed["table"], mayBeRouted: MayBeRouted): void {
    for (const row of this.#rows.values())
      if (!there.has(row.id) && !mayBeRouted(row, table)) this.#rows.delete(row.id);
  }
}
