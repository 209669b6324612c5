/**
 * `npm run demo`: from a fresh machine to a page in the browser. Sets up what is missing, starts the platform in the background, pushes a
 * copy of examples/node-hello with a change, and fetches the page through the router. Exit 0 only if that change was served.
 */
const { createApp, pushChange } = require("./demo/app");
const { appNamed, paas } = require("./demo/paas");
const { fetchThroughRouter } = require("./demo/page");
const { nextSteps } = require("./demo/next-steps");
const { SetupFault, tell } = require("./setup/fault");
const { createProgress } = require("./setup/progress");
const { setUp } = require("./setup/set-up");

const name = "hello";
const say = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);

void tell(async () => {
  await setUp(process.env, createProgress(process.stderr));
  await paas(["up", "--detach"]);
  const copy = await createApp(name, process.env);
  const change = `pushed at ${new Date().toISOString()}`;
  await pushChange(copy, change, say);
  const { url } = await appNamed(name);
  say(`\n$ curl ${url}/`);
  const page = await fetchThroughRouter(new URL(url), process.env.PAAS_BIND);
  say(page.body.trimEnd());
  if (page.status !== 200 || !page.body.includes(change))
    throw new SetupFault(
      `The page does not show what was pushed (status ${page.status}, expected "${change}"). See: bin/paas logs -a ${name}`,
    );
  say(nextSteps(name, url, copy));
});
