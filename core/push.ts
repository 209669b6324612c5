/** One ref of a push as git hands it over; commits are 40 hex digits, all zeros for none. */
export interface RefUpdate {
  ref: string;
  oldCommit: string;
  newCommit: string;
}

/** `moved`: the server has moved the ref itself; else git moves it. */
export type RefAnswer =
  | { ref: string; ok: true; moved: boolean }
  | { ref: string; ok: false; reason: string };

/** Text to the pusher; a no-op once he has gone. */
export interface PushOutput {
  write(text: string): void;
}

export const noCommit = "0".repeat(40);

/** Pushes to these are deployed; the names mean the same. */
const deployRefs = ["refs/heads/main", "refs/heads/master"];
/** Where the newest deployed upload is: beside the branches, so that no push has to descend from it. */
export const uploadRef = "refs/paas/uploads";
/** Where the newest source is that was built again and is at no branch's tip. */
export const rebuildRef = "refs/paas/rebuilds";

export const isDeployRef = (ref: string): boolean => deployRefs.includes(ref);

export const shortCommit = (commit: string): string => commit.slice(0, 7);
