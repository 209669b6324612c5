const prefixes =
  /^(?:failed to (?:solve(?: with frontend \S+)?|create LLB definition|compute cache key|load cache key): )+/;

/** Of the engine's own words for a failed build, what comes before the cause tells nobody anything. */
export const engineCause = (error: string): string => error.replace(prefixes, "");
