import fc from "fast-check";

/**
 * The generator of every property test. `npm test` tries the same cases each time, so that what stops a change is the change;
 * `npm run test:full` tries new ones each time (PAAS_TEST_CASES=new) and names the seed of those that fail.
 */
if (process.env.PAAS_TEST_CASES !== "new") fc.configureGlobal({ seed: 20_261_121 });

export { fc };
