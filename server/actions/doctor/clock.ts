import { type Finding, fault, warning, well } from "../../../core/doctor";
import { ledgerTime } from "../../store/ledger-time";
import type { Check } from "./check";

/** All in milliseconds. */
export interface Clocks {
  wall: number;
  /** The wall clock as it would stand had nobody set it since this server started. */
  steady: number;
  database: number;
}

/** This code was written later than that. */
const earliest = Date.UTC(2025, 0, 1);
const toleranceMs = 5_000;

export const clockCheck: Check = {
  name: "clock",
  async look(ctx) {
    const database = (await ledgerTime(ctx.store.database)).getTime();
    const steady = performance.timeOrigin + performance.now();
    const wall = Date.now();
    return [judgeClocks({ wall, steady, database })];
  },
};

export function judgeClocks({ wall, steady, database }: Clocks): Finding {
  const what = `${new Date(wall).toISOString()}; since this server's start set by ${seconds(wall - steady)}, off the database's by ${seconds(wall - database)}`;
  const remedy =
    "Run a time service (apt-get install chrony), then restart the platform: paas down, paas up.";
  if (wall < earliest)
    return fault("clock", {
      what,
      meaning: "It is before this software was written: certificates and tokens are judged wrongly.",
      remedy,
    });
  if (Math.abs(wall - steady) > toleranceMs)
    return warning("clock", {
      what,
      meaning:
        "Logs and the ledger are out of order around it, and schedules may have been missed or be silent until then.",
      remedy,
    });
  if (Math.abs(wall - database) > toleranceMs)
    return warning("clock", { what, meaning: "Times in logs and in the ledger do not agree.", remedy });
  return well("clock", what);
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
