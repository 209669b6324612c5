import type { App } from "../../../core/app";
import { notFound, PaasError } from "../../../core/error";
import { type Actor, leastRoleFor, may, type Verb } from "../../../core/policy";
import type { Apps } from "../platform/apps";

function forbidden(verb: Verb): PaasError {
  const role = leastRoleFor(verb);
  const next =
    role === null
      ? "only an admin may do this"
      : `ask an admin for one with the role ${role} (paas tokens:create NAME --role ${role} -a APP)`;
  return new PaasError("forbidden", `Your token lacks the right ${verb}: ${next}.`);
}

/** Asks the policy about a verb that concerns no app. */
export function permit(actor: Actor, verb: Verb): void {
  if (may(actor, verb) !== "yes") throw forbidden(verb);
}

/** The app of that name, if the actor may do the verb to it; what he cannot see is not found, as if it did not exist. */
export async function permitApp(apps: Apps, actor: Actor, verb: Verb, name: string): Promise<App> {
  const app = await apps.findApp(name);
  const answer = app ? may(actor, verb, app.id) : "hidden";
  if (!app || answer === "hidden")
    throw notFound(
      `There is no app ${JSON.stringify(name.slice(0, 40))} that you can see: paas apps lists yours.`,
    );
  if (answer === "no") throw forbidden(verb);
  return app;
}
