import { invalid } from "../core/error";
import { appFlag } from "./command";
import { appPath, type Session } from "./session";

/** Of the commands about certificates. */
export const holderFlags = {
  ...appFlag,
  platform: {
    type: "boolean",
    about: "the platform's own: for its host (API and git), and for apps' hostnames without one",
  },
} as const;

/** Whose certificates a command is about. */
export interface CertificateHolder {
  /** For people, in a sentence and above a list. */
  name: string;
  title: string;
  /** How commands name it. */
  flag: string;
  isPlatform: boolean;
  /** Path of the API. */
  path(rest: string): string;
}

/** The platform with --platform, else the app that is meant. */
export async function certificateHolder(
  session: Session,
  flags: { app?: string; platform?: true },
): Promise<CertificateHolder> {
  if (!flags.platform) {
    const app = await session.app();
    return {
      name: app,
      title: app,
      flag: `-a ${app}`,
      isPlatform: false,
      path: (rest) => appPath(app, rest),
    };
  }
  if (flags.app !== undefined) throw invalid("An app or the platform? Leave -a or --platform out.");
  return {
    name: "the platform",
    title: "Platform",
    flag: "--platform",
    isPlatform: true,
    path: (rest) => rest,
  };
}
