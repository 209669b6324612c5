import type { App } from "../../../core/app";
import { changeHttpSettings, defaultHttpState, type HttpState } from "../../../core/http-settings";
import type { HttpChange } from "../../../server/actions/http/http";
import type { Http } from "../../../server/api/platform/http";
import type { World } from "./world";

export function fakeHttp(world: World): Http {
  const stateOf = (app: App): HttpState => world.http.get(app.id) ?? defaultHttpState;
  const change = (app: App, next: (state: HttpState) => HttpState): HttpChange => {
    const previous = stateOf(app);
    const state = next(previous);
    world.http.set(app.id, state);
    return { state, previous };
  };
  return {
    readHttp: async (app) => stateOf(app),
    listPages: async () => [],
    setHttp: async (_actor, app, changes) =>
      change(app, (state) => ({ ...state, settings: changeHttpSettings(state.settings, changes) })),
    setHttpUser: async (_actor, app, wish) =>
      change(app, (state) => {
        const { [wish.name]: _, ...users } = state.users;
        return { ...state, users: wish.password === null ? users : { ...users, [wish.name]: "hash" } };
      }),
    setMaintenance: async (_actor, app, on) => change(app, (state) => ({ ...state, maintenance: on })),
  };
}
