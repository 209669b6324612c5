import { maintenanceCommand } from "../../turn-maintenance";

export const command = maintenanceCommand("on");
