import { z } from "zod";
import { PaasError } from "../../core/error";
import { parseJsonFile } from "../json-file";

/** A path on the site, `*` for one name and `**` for all that follows. */
const pattern = z.string().startsWith("/").max(500);
const text = z
  .string()
  .max(8000)
  .regex(/^[^\p{Cc}]*$/u, "holds a control character");
const path = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}]*$/u)
  .refine((value) => !value.split("/").includes(".."), "leaves the repository");
const headerName = z.string().regex(/^[A-Za-z0-9-]{1,100}$/);
const status = z.union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)]);

const siteSchema = z.strictObject({
  root: path.optional(),
  clean_urls: z.boolean().optional(),
  https_only: z.boolean().optional(),
  error_page: path.optional(),
  routes: z.record(pattern, path).optional(),
  redirects: z.record(pattern, z.strictObject({ url: text.min(1), status: status.optional() })).optional(),
  headers: z.record(pattern, z.record(headerName, text)).optional(),
});

/** How a site is served, in the words of static.json. */
export interface Site {
  /** Directory of the repository (or of what it builds), "." for all of it. */
  root: string;
  /** `/about` shows about.html, and `/about.html` leads there. */
  cleanUrls: boolean;
  httpsOnly: boolean;
  /** Relative to the root; null: the server's own words. */
  errorPage: string | null;
  /** What to show where no file is, by pattern. */
  routes: Record<string, string>;
  redirects: Record<string, { url: string; status?: number | undefined }>;
  headers: Record<string, Record<string, string>>;
}

/** Reads static.json; what it does not say comes from `defaults`. Throws `build_failed` that names what is wrong. */
export function parseStaticJson(json: string, defaults: Site): Site {
  const said = parseJsonFile("static.json", json, siteSchema);
  const root = normalRoot(said.root ?? defaults.root);
  return {
    root,
    cleanUrls: said.clean_urls ?? defaults.cleanUrls,
    httpsOnly: said.https_only ?? defaults.httpsOnly,
    errorPage: said.error_page ?? defaults.errorPage,
    routes: said.routes ?? defaults.routes,
    redirects: said.redirects ?? defaults.redirects,
    headers: said.headers ?? defaults.headers,
  };
}

function normalRoot(root: string): string {
  const parts = root.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.some((part) => !/^[\w.@ -]+$/.test(part)))
    throw new PaasError("build_failed", `static.json: root ${JSON.stringify(root)} is no plain path.`);
  return parts.join("/") || ".";
}
