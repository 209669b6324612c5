import type { DoctorReport } from "../../../core/doctor";
import type { Actor } from "../../../core/policy";
import type { Context } from "../../actions/context";
import { examine, fixPlatform } from "../../actions/doctor/doctor";

/** What is wrong with the platform. */
export interface Doctor {
  examine(): Promise<DoctorReport>;
  /** Mends what can be mended without loss; the report is of afterwards. */
  fix(actor: Actor): Promise<DoctorReport>;
}

export const doctorOf = (ctx: Context): Doctor => ({
  examine: () => examine(ctx),
  fix: (actor) => fixPlatform(ctx, actor),
});
