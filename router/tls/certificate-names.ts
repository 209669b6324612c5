import { wildcardOf } from "../../core/hostname";
import type { TableChange } from "../../core/route-table";

/** Name or wildcard -> id of its certificate. */
type Names = Readonly<Record<string, string>>;

/** Which certificate stands for a name: an app's before one of the platform's own. */
export class CertificateNames {
  /** Of apps that have any. */
  readonly #byApp = new Map<string, Names>();
  readonly #ofApps = new Map<string, string>();
  #ofPlatform: Names = {};

  /** Whether there is any name. */
  get any(): boolean {
    return this.#ofApps.size > 0 || Object.keys(this.#ofPlatform).length > 0;
  }

  idFor(hostname: string): string | undefined {
    return this.#find(hostname) ?? this.#find(wildcardOf(hostname) ?? "");
  }

  /** Takes what a change of the table says of them. Ids that no name has any more. */
  take({ apps, certificates }: TableChange): string[] {
    const left: string[] = [];
    for (const [appId, app] of Object.entries(apps)) left.push(...this.#name(appId, app?.certificates ?? {}));
    if (certificates) {
      left.push(...Object.values(this.#ofPlatform));
      this.#ofPlatform = certificates;
    }
    return left.length === 0 ? left : this.#without(left);
  }

  /** Ids that an app named before. */
  #name(appId: string, names: Names): string[] {
    const before = this.#byApp.get(appId) ?? {};
    if (Object.keys(names).length > 0) this.#byApp.set(appId, names);
    else this.#byApp.delete(appId);
    for (const [name, id] of Object.entries(before))
      if (names[name] === undefined && this.#ofApps.get(name) === id) this.#ofApps.delete(name);
    for (const [name, id] of Object.entries(names)) this.#ofApps.set(name, id);
    return Object.values(before).filter((id) => !Object.values(names).includes(id));
  }

  /** Those that are in use nowhere. Seldom asked: only when a certificate leaves an app. */
  #without(ids: readonly string[]): string[] {
    const all = [this.#ofPlatform, ...this.#byApp.values()].flatMap((names) => Object.values(names));
    const named = new Set(all);
    return [...new Set(ids)].filter((id) => !named.has(id));
  }

  #find(name: string): string | undefined {
    return (
      this.#ofApps.get(name) ?? (Object.hasOwn(this.#ofPlatform, name) ? this.#ofPlatform[name] : undefined)
    );
  }
}
