// The interface to the log of the program: one structured line per fact. Callers must not pass a secret, a document or
// a rendered object.
import type { Params } from "../model/data/text.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export interface Log {
  write(level: LogLevel, message: string, fields?: Params): void;
}
