/** What a build waits for: the one before it of the same app, or one of those that all apps share. */
export interface Wait {
  /** 1 is the next of those that wait for the same. */
  place: number;
  reason: "app" | "platform";
}

/** A build's place among those that may build now. */
export interface Turn {
  /** The image is made: another app's build may begin, though none of this app. */
  freePlace(): void;
  /** Others of this app may begin. */
  giveBack(): void;
}

interface Entry {
  buildId: string;
  appId: string;
  admit(turn: Turn): void;
}

/**
 * Builds in order of arrival: one an app, and so many at once overall. A build that waits for its own app lets others pass.
 * `tell` hears of every app whose builds may have got another place.
 */
export class BuildLine {
  readonly #atOnce: number;
  readonly #tell: (appId: string) => void;
  readonly #waiting: Entry[] = [];
  readonly #apps = new Set<string>();
  #places = 0;

  constructor(atOnce: number, tell: (appId: string) => void) {
    this.#atOnce = atOnce;
    this.#tell = tell;
  }

  get atOnce(): number {
    return this.#atOnce;
  }

  /** Resolves when the build may begin, or when it has left the line. */
  take(buildId: string, appId: string): Promise<Turn> {
    return new Promise((resolve) => {
      this.#waiting.push({ buildId, appId, admit: resolve });
      this.#advance();
    });
  }

  /** Lets a build go that will never be built: its `take` resolves at once, and it is in nobody's way. */
  leave(buildId: string): void {
    const at = this.#waiting.findIndex((entry) => entry.buildId === buildId);
    const [gone] = at < 0 ? [] : this.#waiting.splice(at, 1);
    gone?.admit({ freePlace: () => undefined, giveBack: () => undefined });
    this.#advance();
  }

  /** Null for one that does not wait. */
  waitOf(buildId: string): Wait | null {
    const entry = this.#waiting.find((one) => one.buildId === buildId);
    if (!entry) return null;
    const ahead = this.#waiting.slice(0, this.#waiting.indexOf(entry));
    const ofApp = ahead.filter((one) => one.appId === entry.appId).length;
    if (ofApp > 0 || this.#apps.has(entry.appId)) return { place: ofApp + 1, reason: "app" };
    return { place: ahead.filter((one) => !this.#apps.has(one.appId)).length + 1, reason: "platform" };
  }

  #advance(): void {
    for (const entry of [...this.#waiting]) {
      if (this.#places >= this.#atOnce) break;
      if (this.#apps.has(entry.appId)) continue;
      this.#waiting.splice(this.#waiting.indexOf(entry), 1);
      this.#apps.add(entry.appId);
      this.#places += 1;
      entry.admit(this.#turnOf(entry.appId));
    }
    for (const appId of new Set(this.#waiting.map((entry) => entry.appId))) this.#tell(appId);
  }

  #turnOf(appId: string): Turn {
    let building = true;
    let held = true;
    const free = (): void => {
      if (building) this.#places -= 1;
      building = false;
    };
    return {
      freePlace: () => {
        free();
        this.#advance();
      },
      giveBack: () => {
        free();
        if (held) this.#apps.delete(appId);
        held = false;
        this.#advance();
      },
    };
  }
}
