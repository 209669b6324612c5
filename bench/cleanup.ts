/** Runs `act` and then, in reverse order and whatever happened, everything it deferred; all of it, even when some of it fails. */
export async function withCleanup<T>(
  act: (defer: (undo: () => Promise<unknown>) => void) => Promise<T>,
): Promise<T> {
  const undos: (() => Promise<unknown>)[] = [];
  try {
    return await act((undo) => undos.unshift(undo));
  } finally {
    for (const undo of undos)
      await undo().catch((fault: unknown) =>
        process.emitWarning(`The bench could not clean up after itself: ${String(fault)}`),
      );
  }
}
