import type { BuildConfig } from "../source/build-config";
import type { MountNames } from "./mounts";

/** What caches and secrets of an app's Dockerfile are called on the engine, and the way back for what people read. */
export class AppMountNames implements MountNames {
  readonly #named = new Map<string, string>();

  /** `seal` makes names of the app's own. */
  constructor(
    readonly seal: (subject: string) => string,
    readonly config: BuildConfig,
  ) {}

  cache(name: string): string {
    return this.#sealed(`dockerfile ${name}`, name);
  }

  /** Of another value another one: what a step made with it does not come out of the engine's cache for anybody else. */
  secret(name: string): string {
    const value = this.config.get(name)?.reveal();
    return this.#sealed(`secret ${name}${value === undefined ? "" : `\0${value}`}`, name);
  }

  /** The engine's text, with the names that the Dockerfile has. */
  restored(text: string): string {
    let shown = text;
    for (const [sealed, name] of this.#named) shown = shown.replaceAll(sealed, () => name);
    return shown;
  }

  #sealed(subject: string, name: string): string {
    const sealed = this.seal(subject);
    this.#named.set(sealed, name);
    return sealed;
  }
}
