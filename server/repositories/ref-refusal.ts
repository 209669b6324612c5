import type { RefMove } from "./prepared-ref";
import { noCommit } from "./ref-name";

/**
 * Why git refused to move a ref, for the person who pushed: found from the state of the repository, git's own words only where nothing
 * else is found.
 */
export function explainRefusal(
  move: RefMove,
  tip: string,
  refs: string[],
  locked: boolean,
  gitSays: string,
): string {
  const inTheWay = refs.find((ref) => ref.startsWith(`${move.ref}/`) || move.ref.startsWith(`${ref}/`));
  if (inTheWay)
    return `${move.ref} cannot exist beside ${inTheWay}: delete or rename that one first (git push <remote> :${inTheWay}).`;
  if (tip !== move.oldCommit) return `${move.ref} ${whereabouts(tip)}: fetch first, then push again.`;
  if (locked) return `${move.ref} is locked by another push: try again.`;
  return `git refused to move ${move.ref}: ${gitSays || "it said nothing"}`;
}

const whereabouts = (tip: string): string =>
  tip === noCommit ? "does not exist any more" : `has moved to ${tip.slice(0, 7)}`;
