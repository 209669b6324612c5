import type Docker from "dockerode";
import type { ContainerCreateOptions } from "dockerode";
import type { AppCgroup } from "./app-cgroup";

/** Creates a container of an app; the engine's own errors pass. */
export type CreateContainer = (options: ContainerCreateOptions) => Promise<Docker.Container>;

/** Creates each in the control group of all apps. */
export const creatingIn =
  (docker: Docker, cgroup: AppCgroup): CreateContainer =>
  async (options) => {
    const CgroupParent = await cgroup.parent();
    if (CgroupParent === undefined) return docker.createContainer(options);
    try {
      return await docker.createContainer({
        ...options,
        HostConfig: { ...options.HostConfig, CgroupParent },
      });
    } catch (error) {
      cgroup.forget();
      throw error;
    }
  };
