import { pipeline } from "node:stream/promises";
import type { RequestHandler } from "express";
import { PaasError } from "../../../core/error";
import type { BuildSources } from "../platform/build-sources";
import { tokenOf } from "../request/authenticate";

/** Hands a build's source archive to the builder that holds that build's own token; nobody else's token opens it. */
export function sourceAnswer(builds: BuildSources): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const token = tokenOf(req.headers.authorization);
    const archive = token === null ? null : await builds.openSource(req.params.id, token);
    if (!archive) throw new PaasError("unauthorized", "This build's source wants this build's own token.");
    res.writeHead(200, { "Content-Type": "application/x-tar", "Cache-Control": "no-store" });
    try {
      await pipeline(archive, res);
    } catch (error) {
      // A builder that hung up has died; its job is repeated. Anything else is a fault of ours.
      if ((error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    }
  };
}

/** The same for the config that the build may know. */
export function buildConfigAnswer(builds: BuildSources): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const token = tokenOf(req.headers.authorization);
    const config = token === null ? null : await builds.openBuildConfig(req.params.id, token);
    if (!config) throw new PaasError("unauthorized", "This build's config wants this build's own token.");
    res.set("Cache-Control", "no-store").json(config.reveal());
  };
}
