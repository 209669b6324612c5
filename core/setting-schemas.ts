import { z } from "zod";
import { parseDuration } from "./duration";
import { messageOf } from "./error";
import { type LimitWords, parseLimits } from "./limits";

/** A whole number in digits, at most four of them. */
export const wholeNumber = (least: number, most: number) => {
  const fault = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,4}$/, fault)
    .transform(Number)
    .refine((number) => number >= least && number <= most, fault);
};

const portFault = "must be a port number from 1 to 65535";
export const port = z
  .string()
  .regex(/^\d{1,5}$/, portFault)
  .transform(Number)
  .refine((number) => number >= 1 && number <= 65535, portFault);

/** Without a control character (it goes into configuration files), and without `..`, whose meaning depends on symbolic links. */
export const directory = z
  .string()
  .startsWith("/", "must be an absolute path")
  .refine((path) => path.length > 1 && !/\p{Cc}/u.test(path), "must be a directory of its own")
  .refine((path) => !path.split("/").includes(".."), "must not contain ..")
  .transform((path) => path.replace(/\/{2,}/g, "/").replace(/\/$/, ""));

export const range = z.string().refine((text) => {
  const [address = "", bits = ""] = text.split("/");
  return (
    text.split("/").length === 2 && z.ipv4().safeParse(address).success && /^([89]|1\d|2[0-6])$/.test(bits)
  );
}, "must be an IPv4 range from /8 to /26, such as 10.213.0.0/16");

/** Of a control group, below the root of them. */
export const cgroupPath = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/, "must be a relative path")
  .refine((path) => !path.split("/").includes(".."), "must not contain ..");

/** A text that `read` takes, or throws for with words for people. */
export const words = <T>(read: (text: string) => T) =>
  z.string().transform((text, ctx) => {
    try {
      return read(text);
    } catch (error) {
      ctx.addIssue({ code: "custom", message: messageOf(error) });
      return z.NEVER;
    }
  });

/** A word of `resource:limit`, parsed to its number. */
export const limitWord = (name: keyof LimitWords) =>
  words((text) => Object.values(parseLimits({ [name]: text }))[0] ?? 0);

/** `90s`, `30m` or `2h` in milliseconds. */
export const duration = (mostHours: number) =>
  z.string().transform((text, ctx) => {
    const ms = /^\d{1,6}(s|m|h)$/.test(text) ? parseDuration(text) : 0;
    if (ms >= 1_000 && ms <= mostHours * 3_600_000) return ms;
    ctx.addIssue({ code: "custom", message: `must be a duration from 1s to ${mostHours}h` });
    return z.NEVER;
  });
