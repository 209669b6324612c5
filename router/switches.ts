import type { AppRoute, SwitchCount } from "../core/route";

/** How long after a switch, or after the last drain of it, its numbers are reported. */
const tellMs = 60_000;

/** One request that is over. */
export interface Served {
  appId: string;
  ms: number;
  /** The router, or the way to the app, failed it: what the app itself answers is no failure of the switch. */
  failed: boolean;
  /** It was a stream; streams have no speed. */
  stream: boolean;
  /** Its instance had left the table. */
  drained: boolean;
}

interface Window extends SwitchCount {
  toldUntilMs: number;
  /** It saw the switch. What a router counts after its own start would be told for the whole. */
  whole: boolean;
}

/**
 * What happened to each app's requests since its newest release took over: the receipt of a deploy.
 * One object an app, a few additions a request.
 */
export class Switches {
  readonly #nowMs: () => number;
  readonly #windows = new Map<string, Window>();
  #first = true;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Takes the apps that a new table changes: where the release is another, counting begins anew. */
  take(apps: Readonly<Record<string, Pick<AppRoute, "targets"> | null>>): void {
    for (const [appId, app] of Object.entries(apps)) {
      if (app === null) this.#windows.delete(appId);
      const targets = app?.targets ?? [];
      const release = Math.max(0, ...targets.map((target) => target.release ?? 0));
      if (release > 0 && this.#windows.get(appId)?.release !== release)
        this.#windows.set(appId, this.#opened(release));
    }
    this.#first = false;
  }

  count({ appId, ms, failed, stream, drained }: Served): void {
    const window = this.#windows.get(appId);
    if (!window) return;
    if (stream) {
      if (drained) window.streams += 1;
      return;
    }
    window.requests += 1;
    if (failed) window.failed += 1;
    if (ms > window.slowestMs) window.slowestMs = Math.round(ms);
  }

  /** The numbers of apps that switched lately or drain now. */
  report(draining: ReadonlySet<string>): Record<string, SwitchCount> {
    const now = this.#nowMs();
    const told: Record<string, SwitchCount> = {};
    for (const [appId, window] of this.#windows) {
      if (!window.whole) continue;
      if (draining.has(appId)) window.toldUntilMs = now + tellMs;
      if (window.toldUntilMs <= now) continue;
      const { toldUntilMs: _, whole: __, ...count } = window;
      told[appId] = count;
    }
    return told;
  }

  /** What a router finds at its own start switched before it could count. */
  #opened(release: number): Window {
    const toldUntilMs = this.#nowMs() + tellMs;
    return { release, requests: 0, failed: 0, slowestMs: 0, streams: 0, toldUntilMs, whole: !this.#first };
  }
}
