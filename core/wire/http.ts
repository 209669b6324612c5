import { z } from "zod";
import { httpSettingNames, pageKinds } from "../http-setting-words";

/** Names and words of core/http-settings.ts. */
export const changeHttpSchema = z.strictObject({ changes: z.record(z.string(), z.string().nullable()) });
export type ChangeHttp = z.infer<typeof changeHttpSchema>;

export const setMaintenanceSchema = z.strictObject({ on: z.boolean() });

export const setHttpUserSchema = z.strictObject({ name: z.string(), password: z.string().nullable() });
export type SetHttpUser = z.infer<typeof setHttpUserSchema>;

const settingsSchema = z.partialRecord(z.enum(httpSettingNames), z.string());

/** How the router treats the app's requests. Passwords are never told. */
export const httpViewSchema = z.object({
  settings: settingsSchema,
  maintenance: z.boolean(),
  /** Names that basic auth asks for; none: nobody is asked. */
  users: z.array(z.string()),
  /** Pages of its own, as they were fetched last. */
  pages: z.array(
    z.object({
      kind: z.enum(pageKinds),
      fetchedAt: z.iso.datetime().nullable(),
      /** Why it could not be fetched the last time; what came before is served. */
      problem: z.string().nullable(),
    }),
  ),
  /** Before the change, to say how to undo it. */
  previous: z.object({ settings: settingsSchema, maintenance: z.boolean() }),
});
export type HttpView = z.infer<typeof httpViewSchema>;
