/** Null where a file is not, or no longer, there; `also`: other system errors by which that shows. */
export async function unlessGone<T>(act: Promise<T>, ...also: string[]): Promise<T | null> {
  try {
    return await act;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || also.includes(code)) return null;
    throw error;
  }
}
