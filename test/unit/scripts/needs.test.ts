import { missingPackages } from "../../../scripts/setup/needs";

type Machine = Parameters<typeof missingPackages>[0];

const fresh: Machine = {
  engine: "silent",
  engineChosen: false,
  apparmor: false,
  caBundle: true,
  ownRedis: false,
  programs: [],
};
const everything = ["dockerd", "docker-init", "iptables", "redis-server", "mmdebstrap"];

describe("missingPackages", () => {
  it("installs everything on a fresh machine, and names the services that would start", () => {
    expect(missingPackages(fresh)).toEqual({
      packages: ["docker.io", "iptables", "tini", "redis-server", "mmdebstrap"],
      services: ["docker", "containerd", "redis-server"],
    });
  });

  it("wants nothing where all is there, running or not", () => {
    expect(missingPackages({ ...fresh, programs: everything })).toEqual({ packages: [], services: [] });
    expect(missingPackages({ ...fresh, engine: "answers", programs: everything }).packages).toEqual([]);
  });

  it("installs no engine where one answers, whoever made it", () => {
    const programs = ["redis-server", "mmdebstrap"];
    expect(missingPackages({ ...fresh, engine: "answers", programs }).packages).toEqual([]);
  });

  it("installs no engine where DOCKER_HOST names one", () => {
    const programs = ["redis-server", "mmdebstrap"];
    expect(missingPackages({ ...fresh, engineChosen: true, programs }).packages).toEqual([]);
  });

  it("completes an engine that was installed without its recommendations", () => {
    const programs = ["dockerd", "redis-server", "mmdebstrap"];
    expect(missingPackages({ ...fresh, programs }).packages).toEqual(["iptables", "tini"]);
    expect(missingPackages({ ...fresh, engine: "answers", programs }).packages).toEqual(["tini"]);
  });

  it("never keeps a service from starting whose package it does not install", () => {
    const programs = everything.filter((program) => program !== "mmdebstrap");
    expect(missingPackages({ ...fresh, programs })).toEqual({ packages: ["mmdebstrap"], services: [] });
  });

  it("needs no Redis where REDIS_URL names one, and AppArmor's parser where the kernel asks for it", () => {
    expect(missingPackages({ ...fresh, ownRedis: true }).packages).not.toContain("redis-server");
    expect(missingPackages({ ...fresh, apparmor: true }).packages).toContain("apparmor");
  });
});
