// A preset is data: what a well-known store needs, so that the user need not say it. Every field that the user writes wins.
// In texts `{port}`, `{mountPath}`, `{user}` and `{database}` stand for the values in force.
import type { JsonObject } from "../../model/data/json.ts";

export interface Preset {
  readonly image: string;
  readonly port: number;
  readonly portName: string;
  /** Of the output `url`. */
  readonly scheme: string;
  readonly args: readonly string[];
  readonly volume: {
    readonly mountPath: string;
    readonly size: string;
    /** A folder of the volume, for programs that want theirs empty: fresh disks hold a `lost+found`. */
    readonly subPath?: string;
  };
  readonly readiness: JsonObject;
  /** Missing: it knows no users. */
  readonly account?: Account;
}

interface Account {
  readonly user: string;
  readonly database: string;
  /** Variables of the image. The password comes from a Secret, never from here. */
  readonly env: Readonly<Record<string, string>>;
  readonly passwordEnv: readonly string[];
  /** Set only for a user other than `user`. */
  readonly ownUser?: { readonly env: Readonly<Record<string, string>>; readonly passwordEnv: readonly string[] };
}
