/** Makes `env` (a live `process.env`) be `wanted` and nothing else: all that children inherit who are given no environment. */
export function replaceEnvironment(env: NodeJS.ProcessEnv, wanted: Record<string, string>): void {
  for (const name of Object.keys(env)) delete env[name];
  Object.assign(env, wanted);
}
