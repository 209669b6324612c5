import type { DoctorCheck, Finding } from "../../../core/doctor";
import type { Context } from "../context";

/** One check of the doctor: a thin look at the world, judged by a pure function in its file. */
export interface Check {
  name: DoctorCheck;
  look(ctx: Context): Promise<Finding[]>;
  /** Mends what it found and is safe to mend without asking; says in words what it did. Doing it twice is the same as once. */
  fix?(ctx: Context): Promise<string[]>;
}
