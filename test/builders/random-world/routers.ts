import type { Observed } from "../../../core/observed";
import type { StepOf } from "../../../core/step";

/** What the routers do: the published rotation, the one they act by, and what is in flight. */
export class Routers {
  /** As last published. */
  targets: string[] = [];
  mode: Observed["table"]["mode"] = null;
  acknowledged = true;
  /** Instance id -> address: where the routers send requests, by what they acknowledged last. */
  routed: ReadonlyMap<string, number> = new Map();
  /** Requests and streams; `streams` are those of them that are streams. */
  readonly inFlight: Record<string, number> = {};
  readonly streams: Record<string, number> = {};

  publish({ instanceIds, mode }: Pick<StepOf<"publish">, "instanceIds" | "mode">): void {
    this.targets = instanceIds;
    this.mode = mode;
    this.acknowledged = false;
  }

  acknowledge(addressOf: (id: string) => number): void {
    this.acknowledged = true;
    this.routed = new Map(this.targets.map((id) => [id, addressOf(id)]));
  }

  begin(id: string, isStream: boolean): void {
    if (!this.targets.includes(id)) return;
    this.inFlight[id] = (this.inFlight[id] ?? 0) + 1;
    if (isStream) this.streams[id] = (this.streams[id] ?? 0) + 1;
  }

  finish(id: string): void {
    delete this.inFlight[id];
    delete this.streams[id];
  }

  finishAll(): void {
    for (const id of Object.keys(this.inFlight)) this.finish(id);
  }
}
