/**
 * @param {string} name
 * @param {string} url
 * @param {string} copy
 */
const nextSteps = (name, url, copy) => `
-----> ${name} is live at ${url}/

What to try next:

  cd ${copy}                              the app you just pushed: change it, commit, and
  git push paas main                      deploy it again

  bin/paas config:set GREETING=Ahoy -a ${name}    a config var: one new release, one restart
  bin/paas run -a ${name} -- node -v             a one-off process in the app's image
  bin/paas ps:scale web=3 -a ${name}             three instances behind the router
  bin/paas logs --tail -a ${name}                what they say
  bin/paas rollback -a ${name}                   back to the release before
  bin/paas down                                stop the platform (add --engine for the Docker Engine too)`;

module.exports = { nextSteps };
