import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configurationDocs } from "../../../core/configuration-docs";
import { settingRows } from "../../../core/setting-rows";

test("docs/configuration.md is what the table of settings says (else: node scripts/configuration-docs.js)", () => {
  const page = readFileSync(join(__dirname, "../../../docs/configuration.md"), "utf8");
  expect(page).toBe(configurationDocs(settingRows));
});
