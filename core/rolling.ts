import type { Buckets } from "./buckets";
import type { Desired, DesiredInstance } from "./desired";
import type { Place } from "./instance";

/** How many instances of a process type are replaced side by side: a quarter, at least one. */
const surgeOf = (quantity: number): number => Math.max(1, Math.floor(quantity / 4));

/**
 * The missing places of a proven release whose turn it is: all that nobody fills, and of those that `replaces` says an older instance still
 * fills well, so many of a process type as may be replaced at a time. A successor that crashes holds back the others, so that a restart
 * that goes wrong costs nothing but itself.
 */
export function inTurn(
  desired: Desired,
  buckets: Buckets,
  replaces: (place: Place) => boolean,
  rests: (wanted: DesiredInstance) => boolean,
): DesiredInstance[] {
  const room = new Map<string, number>();
  for (const { type } of desired.instances)
    if (!room.has(type)) room.set(type, surgeOf(desired.instances.filter((one) => one.type === type).length));
  const take = ({ type }: Place): boolean => {
    const left = room.get(type) ?? 0;
    room.set(type, left - 1);
    return left > 0;
  };
  for (const place of [...buckets.waiting, ...buckets.missing.filter(rests)])
    if (replaces(place)) take(place);
  return buckets.missing
    .filter((wanted) => !rests(wanted))
    .filter((wanted) => !replaces(wanted) || take(wanted));
}
