import { z } from "zod";
import { buildSettingsSchema } from "../build-settings";

/** An empty text goes back to the default. */
export const changeBuildSettingsSchema = buildSettingsSchema.omit({ buildpacks: true }).strict();

export const buildSettingsViewSchema = z.object({
  settings: buildSettingsSchema,
  /** Before the change, to say how to undo it. */
  previous: buildSettingsSchema,
});
export type BuildSettingsView = z.infer<typeof buildSettingsViewSchema>;
