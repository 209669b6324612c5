import { z } from "zod";
import { date } from "./parts";

export const createTokenSchema = z.strictObject({
  name: z.string().min(1).max(60),
  /** Without: an admin's token. */
  app: z.string().optional(),
  role: z.enum(["viewer", "deployer", "owner"]).optional(),
});
export type CreateToken = z.infer<typeof createTokenSchema>;

export const tokenViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  admin: z.boolean(),
  app: z.string().nullable(),
  role: z.string().nullable(),
  createdAt: date,
  /** Only in the answer that created it. */
  token: z.string().optional(),
});
export type TokenView = z.infer<typeof tokenViewSchema>;
