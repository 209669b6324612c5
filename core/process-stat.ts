/** What the kernel tells of a process in /proc/PID/stat (proc(5)), as far as it is asked here. */
export interface ProcessStat {
  parentPid: number;
  sessionId: number;
  /** Clock ticks since boot: with pid and boot it names one process for certain. Null for one that has ended, and was not waited for. */
  startTime: string | null;
}

/** Reads the text of such a file; of an empty one, which there is when the process has gone, there is nothing to tell. */
export function parseProcessStat(text: string): ProcessStat {
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const [state, parentPid = "0", _group, sessionId = "0", ...rest] = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ");
  const hasEnded = state === "Z" || state === "X";
  return {
    parentPid: Number(parentPid),
    sessionId: Number(sessionId),
    startTime: hasEnded ? null : (rest[15] ?? null),
  };
}
