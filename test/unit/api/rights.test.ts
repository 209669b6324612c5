import { may, type Role } from "../../../core/policy";
import { routes } from "../../../server/api/routes";
import { adminToken } from "../../fakes/platform/world";
import { ApiRig } from "./api-rig";

const rig = ApiRig.use();

const concrete = (path: string, app: string): string =>
  `/v1${path.replace(":app", app).replace(":version", "1").replace(":hostname", "x.example").replace(":id", "none")}`;

describe("every route", () => {
  const table = routes.map((route) => [`${route.method} ${route.path}`, route] as const);

  test.each(table)(
    "%s wants a token: none, wrong and another scheme all get the same 401",
    async (_name, { method, path }) => {
      for (const app of ["shop", "missing"])
        for (const token of [undefined, "wrong", ""]) {
          const { status, body } = await rig.ask(method.toUpperCase(), concrete(path, app), token);
          expect([status, body.code]).toEqual([401, "unauthorized"]);
        }
    },
  );

  test.each(table.filter(([, { verb }]) => verb !== null))(
    "%s asks the policy",
    async (_name, { method, path, verb }) => {
      if (verb === null) return;
      const ofApp = path.includes(":app");
      for (const role of ["viewer", "deployer", "owner"] satisfies Role[]) {
        const answer = await rig.ask(method.toUpperCase(), concrete(path, "shop"), role);
        const allowed =
          may(rig.platform.actors.get(role) as never, verb, ofApp ? "id-shop" : undefined) === "yes";
        expect([role, answer.status === 403]).toEqual([role, !allowed]);
        if (ofApp) {
          const unseen = await rig.ask(method.toUpperCase(), concrete(path, "other"), role);
          const missing = await rig.ask(method.toUpperCase(), concrete(path, "missing"), role);
          expect([unseen.status, missing.status]).toEqual([404, 404]);
          expect(unseen.body.message?.replace("other", "X")).toBe(
            missing.body.message?.replace("missing", "X"),
          );
        }
      }
      expect(rig.platform.kept.size).toBe(2);
    },
  );
});

test("Basic auth with the token as password is taken too", async () => {
  const headers = { Authorization: `Basic ${Buffer.from(`anyone:${adminToken}`).toString("base64")}` };
  expect((await fetch(`${rig.api.url}/v1/whoami`, { headers })).status).toBe(200);
});

test("health answers without a token", async () => {
  expect((await rig.ask("GET", "/health")).body).toEqual({
    ok: true,
    platform: "testpaas",
    version: "0.0.0",
  });
});

test("lists only the apps one may see", async () => {
  expect((await rig.ask("GET", "/v1/apps", "viewer")).body).toHaveLength(1);
  expect((await rig.ask("GET", "/v1/apps", adminToken)).body).toHaveLength(2);
  expect((await rig.ask("GET", "/v1/whoami", "viewer")).body).toEqual({
    name: "viewer",
    admin: false,
    apps: { shop: "viewer" },
  });
});

test("destroying wants the name as confirmation", async () => {
  expect((await rig.ask("DELETE", "/v1/apps/shop", adminToken)).status).toBe(422);
  expect((await rig.ask("DELETE", "/v1/apps/shop?confirm=other", adminToken)).status).toBe(422);
  expect((await rig.ask("DELETE", "/v1/apps/shop?confirm=shop", adminToken)).status).toBe(204);
});

test("a build's source opens to that build's own token only", async () => {
  rig.platform.sources.set("b1", { token: "src", content: "tar bytes" });
  const path = "/v1/internal/builds/b1/source";
  expect((await rig.ask("GET", path, "src")).body).toEqual({ text: "tar bytes" });
  for (const token of [undefined, adminToken, "viewer"])
    expect((await rig.ask("GET", path, token)).status).toBe(401);
  expect((await rig.ask("GET", "/v1/internal/builds/b2/source", "src")).status).toBe(401);
});

test("git goes to the git receiver, untouched by body parsers", async () => {
  expect((await rig.ask("POST", "/git/shop.git/git-receive-pack", undefined, "{broken")).body).toEqual({
    text: "git",
  });
});
