/** The operator's log, as pino has it: particulars first, then one sentence. Nothing secret goes in. */
export interface Logger {
  debug(particulars: object, message: string): void;
  info(particulars: object, message: string): void;
  warn(particulars: object, message: string): void;
  error(particulars: object, message: string): void;
}
