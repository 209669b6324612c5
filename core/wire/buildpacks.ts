import { z } from "zod";

const buildpack = z.string().trim().min(1).max(1000);
const index = z.number().int().min(1).max(1000);

export const changeBuildpacksSchema = z.discriminatedUnion("act", [
  z.strictObject({ act: z.literal("add"), buildpack, index: index.optional() }),
  z.strictObject({ act: z.literal("set"), buildpack, index: index.optional() }),
  z.strictObject({ act: z.literal("remove"), buildpack }),
  z.strictObject({ act: z.literal("remove-at"), index }),
  z.strictObject({ act: z.literal("clear") }),
]);

export const buildpacksViewSchema = z.object({
  /** In the order they run. */
  buildpacks: z.array(z.string()),
  /** Before the change, to say how to undo it. */
  previous: z.array(z.string()),
});
export type BuildpacksView = z.infer<typeof buildpacksViewSchema>;
