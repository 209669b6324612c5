/**
 * Sets up a fresh machine and this checkout: `node scripts/setup.js`. With `--machine` only the part that needs root (Debian packages, a
 * running engine); with `--packages` only npm packages. Uses nothing but Node's own modules, since it runs before `npm install`.
 */
const { tell } = require("./setup/fault");
const { createProgress } = require("./setup/progress");
const { setUp, setUpCheckout, setUpMachine } = require("./setup/set-up");

const progress = createProgress(process.stderr);
const [part] = process.argv.slice(2);

void tell(async () => {
  if (part === "--machine") await setUpMachine(process.env, progress);
  else if (part === "--packages") await setUpCheckout(progress);
  else await setUp(process.env, progress);
});
