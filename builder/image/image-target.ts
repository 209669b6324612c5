import type { BuildJob } from "../../core/build";
import { imageRef, labels } from "../../core/image";
import type { Target } from "../room";

/** Tag and labels of a build's image. The build's id is in the tag alone: images of one commit differ in nothing else. */
export function imageTarget(platformId: string, job: BuildJob, seal: (appId: string) => string): Target {
  return {
    appId: job.appId,
    ref: imageRef(platformId, job.appId, job.buildId, seal(job.appId)),
    labels: {
      [labels.platform]: platformId,
      [labels.app]: job.appId,
      [labels.kind]: "image",
      [labels.commit]: job.commit,
      [labels.commitDate]: job.commitDate,
    },
  };
}
