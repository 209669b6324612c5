/**
 * What to try after the demo, as commands that can be pasted.
 * @param {string} name
 * @param {string} url
 * @param {string} copy
 */
function nextSteps(name, url, copy) {
  const rows = [
    [`bin/paas config:set GREETING=Ahoy -a ${name}`, "a config var: one new release, one restart"],
    [`bin/paas run -a ${name} migrate`, "a one-off process of the app's Procfile"],
    [`bin/paas ps:scale web=3 -a ${name}`, "three instances behind the router"],
    [`bin/paas logs --tail -a ${name}`, "what they say"],
    [`bin/paas rollback -a ${name}`, "back to the release before, config included"],
    [`cd ${copy} && git push paas main`, "deploy again, after changing and committing something"],
    ["bin/paas down", "stop the platform; down --engine stops the Docker Engine, too"],
  ];
  const width = Math.max(...rows.map(([command = ""]) => command.length));
  const lines = rows.map(([command = "", about = ""]) => `  ${command.padEnd(width)}  # ${about}`);
  return `\n-----> ${name} is live at ${url}/\n\nWhat to try next:\n\n${lines.join("\n")}`;
}

module.exports = { nextSteps };
