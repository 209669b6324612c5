/** One jest project a kind of test; `npm run test:unit` runs only those that need no Docker. See test/README.md. */
const kind = (name, extra = {}) => ({
  displayName: name,
  rootDir: __dirname,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" } }] },
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
  testEnvironment: "node",
  ...extra,
});

module.exports = {
  projects: [kind("unit"), kind("contract"), kind("integration"), kind("e2e"), kind("chaos")],
};
