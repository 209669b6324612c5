import type { Doctor } from "../platform/doctor";
import { routesFor } from "../request/route";

const { platformRoute } = routesFor<Doctor>();

export const doctorRoutes = [
  platformRoute({
    method: "get",
    path: "/doctor",
    verb: "platform:read",
    answer: ({ platform }) => platform.examine(),
  }),
  platformRoute({
    method: "post",
    path: "/doctor/fix",
    verb: "platform:write",
    answer: ({ platform, actor }) => platform.fix(actor),
  }),
];
