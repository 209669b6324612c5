import { appFlag } from "./command";
import { appPath, type Session } from "./session";

export const ownerFlags = {
  ...appFlag,
  platform: {
    type: "boolean",
    about: "the platform's own: for paas.<domain>, and for apps where they have none; admins only",
  },
} as const;

/** Whose certificates a command is about. */
export interface CertificateOwner {
  name: string;
  /** Of its certificates in the API. */
  path: string;
  /** What says so again in a command that people are told. */
  flag: string;
}

/** The platform with `--platform`, else the app. */
export async function certificateOwner(
  session: Session,
  { platform }: { platform?: true },
): Promise<CertificateOwner> {
  if (platform) return { name: "the platform", path: "/certificates", flag: "--platform" };
  const app = await session.app();
  return { name: app, path: appPath(app, "/certificates"), flag: `-a ${app}` };
}
