import { type FakePlatform, fakePlatform } from "../../fakes/platform/platform";
import { type ApiServer, startApi } from "../../support/api-server";

export interface Answer {
  status: number;
  /** As `text` when it is no JSON. */
  body: { code?: string; message?: string; requestId?: string } & Record<string, unknown>;
  headers: Headers;
}

/** The API over a fake platform with two apps, `shop` and `other`, and a token of each role for `shop`, named like it. */
export class ApiRig {
  platform!: FakePlatform;
  api!: ApiServer;

  /** One for the tests of a file, opened anew for each of them. */
  static use(): ApiRig {
    const rig = new ApiRig();
    beforeEach(() => rig.#open());
    afterEach(() => rig.api.close());
    return rig;
  }

  async #open(): Promise<void> {
    this.platform = fakePlatform();
    const shop = this.platform.add("shop");
    this.platform.add("other");
    for (const role of ["viewer", "deployer", "owner"] as const)
      this.platform.actors.set(role, { name: role, admin: false, apps: { [shop.app.id]: role } });
    this.api = await startApi(this.platform);
  }

  async ask(method: string, path: string, token?: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.api.url + path, {
      method,
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get("content-type")?.startsWith("application/json");
    return { status: response.status, body: json ? JSON.parse(text) : { text }, headers: response.headers };
  }
}
