import { z } from "zod";
import { noReleasePhase } from "./release";

export const configViewSchema = z.record(z.string(), z.string());
export type ConfigView = z.infer<typeof configViewSchema>;

/** null unsets. All changes of one call make one release. */
export const changeConfigSchema = z.strictObject({
  changes: z.record(z.string(), z.string().nullable()),
  noReleasePhase,
});
export type ChangeConfig = z.infer<typeof changeConfigSchema>;

export const changeBuildConfigSchema = z.strictObject({
  changes: z.record(z.string(), z.string().nullable()),
});
