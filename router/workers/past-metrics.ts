import { addMetrics, type Metrics, noMetrics } from "../../core/metrics";

/** What workers measured that are gone: counters must not fall when a worker ends. */
export class PastMetrics {
  #past = noMetrics;

  /** Keeps what a worker measured that has ended. */
  keep({ series, faults }: Metrics): void {
    this.#past = addMetrics([this.#past, { series, faults, inFlight: [] }]);
  }

  /** All of it, with what those measured that live; without apps that are no more. */
  with(living: readonly Metrics[], apps: Readonly<Record<string, unknown>>): Metrics {
    const isThere = ({ appId }: { appId: string }) => appId in apps;
    const { series, faults, inFlight } = this.#past;
    this.#past = { series: series.filter(isThere), faults: faults.filter(isThere), inFlight };
    return addMetrics([this.#past, ...living]);
  }
}
