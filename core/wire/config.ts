import { z } from "zod";
import { noReleasePhase, releaseViewSchema } from "./release";

export const configViewSchema = z.record(z.string(), z.string());
export type ConfigView = z.infer<typeof configViewSchema>;

/** null unsets. All changes of one call make one release. */
export const changeConfigSchema = z.strictObject({
  changes: z.record(z.string(), z.string().nullable()),
  noReleasePhase,
});
export type ChangeConfig = z.infer<typeof changeConfigSchema>;

/** The release that a change made; where all was so already, `unchanged` and the newest release as it is. */
export const configChangeViewSchema = releaseViewSchema.extend({ unchanged: z.boolean().optional() });
export type ConfigChangeView = z.infer<typeof configChangeViewSchema>;

export const changeBuildConfigSchema = z.strictObject({
  changes: z.record(z.string(), z.string().nullable()),
});
