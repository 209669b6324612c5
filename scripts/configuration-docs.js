/** Writes docs/configuration.md from the table of settings; needs a build. */
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { configurationDocs } = require("../dist/core/configuration-docs");
const { settingRows } = require("../dist/core/setting-rows");

writeFileSync(join(__dirname, "../docs/configuration.md"), configurationDocs(settingRows));
