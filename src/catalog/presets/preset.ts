// A preset is data: what a well-known store needs, so that the user need not say it. Every field that the user writes wins.
// `{port}` and `{mountPath}` in texts stand for the values in force.
import type { JsonObject } from "../../model/json.ts";

export interface Preset {
  readonly image: string;
  readonly port: number;
  readonly portName: string;
  /** Of the output `url`. */
  readonly scheme: string;
  readonly args: readonly string[];
  readonly volume: { readonly mountPath: string; readonly size: string };
  readonly readiness: JsonObject;
}
