import { PaasError } from "../core/error";
import { persist } from "./persist";
import type { Session } from "./session";

/**
 * Prints a stream's text as it comes, and resolves with what ends it. It always comes from its beginning: after a lost connection, what
 * was printed is skipped.
 */
export function printText<End extends object>(session: Session, path: string): Promise<End> {
  let printed = 0;
  return persist(async () => {
    let seen = 0;
    for await (const news of session.api.lines<End | { text: string }>(path)) {
      if (!("text" in news)) return news;
      session.world.stdout.write(news.text.slice(Math.max(0, printed - seen)));
      seen += news.text.length;
      printed = Math.max(printed, seen);
    }
    throw new PaasError("unavailable", "The connection was lost: run the command again.");
  });
}
