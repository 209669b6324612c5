import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../core/error";
import { pageUrl } from "../../../core/http-settings";
import { appHostname } from "../../../core/route";
import { fetchPage } from "../../pages/fetch-page";
import type { WantedPage } from "../../store/http-pages";
import type { Context } from "../context";

const lookMs = 60_000;
const ageMs = 10 * 60_000;

/** Fetches a page of an app's own; throws `invalid` when it cannot be had. */
export async function fetchOwnPage(ctx: Context, text: string): Promise<string> {
  const url = pageUrl(text);
  const { bind, httpPort, domain } = ctx.settings;
  const [apps, domains] = await Promise.all([ctx.store.apps.list(), ctx.store.domains.all()]);
  const own = [
    ...apps.map(({ name }) => appHostname(name, domain)),
    ...domains.map(({ hostname }) => hostname),
  ];
  const everywhere = bind === "0.0.0.0" || bind === "::";
  const address = everywhere ? "127.0.0.1" : bind;
  const isOwn = url.protocol === "http:" && own.includes(url.hostname);
  return fetchPage(url, { router: isOwn ? { address, port: httpPort } : null });
}

/** Keeps apps' own pages as they are where they come from: looks every ten minutes; what is away goes on being served as it was. */
export class OwnPages {
  readonly #ctx: Context;
  readonly #closing = new AbortController();

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  start(): void {
    void this.#loop();
  }

  close(): void {
    this.#closing.abort();
  }

  /** One look at all that are due. */
  async pass(): Promise<void> {
    for (const page of await this.#ctx.store.httpPages.due(ageMs)) {
      if (this.#closing.signal.aborted) return;
      if (await this.#refresh(page)) await this.#ctx.routing.refresh(page.appId);
    }
  }

  /** Whether it is another one than before. */
  async #refresh(page: WantedPage): Promise<boolean> {
    const { httpPages } = this.#ctx.store;
    try {
      return await httpPages.keep(page, await fetchOwnPage(this.#ctx, page.url));
    } catch (error) {
      await httpPages.fail(page, messageOf(error));
      return false;
    }
  }

  async #loop(): Promise<void> {
    const { signal } = this.#closing;
    const rest = () => sleep(lookMs, undefined, { signal, ref: false }).catch(() => undefined);
    for (; !signal.aborted; await rest())
      await this.pass().catch((error: unknown) =>
        this.#ctx.log.warn({ err: messageOf(error) }, "apps' own pages could not be looked at"),
      );
  }
}
