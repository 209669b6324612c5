import type { Stage, Step } from "../build-plan";
import { aptInstall } from "../debian/apt";
import { appUser } from "../stack/stack";
import { nginxConfig, portMark, serverDirectory } from "./nginx-config";
import type { Site } from "./static-json";

const configFile = "/etc/nginx/site.conf";

/** PORT is known when it starts; nginx reads no environment. */
const serveSite = `#!/bin/sh
set -e
mkdir -p ${serverDirectory}
sed "s/${portMark}/\${PORT:-5000}/" ${configFile} >${serverDirectory}/nginx.conf
exec nginx -e stderr -c ${serverDirectory}/nginx.conf
`;

export const serveCommand = "serve-site";

/** The image of a site: the run stack, Debian's nginx and what `content` copies to /app. */
export function siteStage(site: Site, content: Step[]): Stage {
  const directory = site.root === "." ? appUser.home : `${appUser.home}/${site.root}`;
  return {
    name: "image",
    from: { stack: "run" },
    steps: [
      aptInstall("Installing nginx", ["nginx"]),
      { do: "file", path: configFile, text: nginxConfig(site, directory) },
      { do: "file", path: `/usr/local/bin/${serveCommand}`, text: serveSite, executable: true },
      { do: "env", values: { HOME: appUser.home } },
      { do: "workdir", path: appUser.home },
      ...content,
      { do: "user", id: appUser.id },
    ],
  };
}
