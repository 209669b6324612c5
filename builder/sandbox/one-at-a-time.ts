/** Calls that come while one is under way become one more after it. */
export function oneAtATime(act: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let state: "idle" | "busy" | "again" = "idle";
  const run = async (): Promise<void> => {
    do {
      state = "busy";
      await act().catch(onError);
    } while ((state as string) === "again");
    state = "idle";
  };
  return () => {
    if (state === "idle") void run();
    else state = "again";
  };
}
