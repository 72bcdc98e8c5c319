// The type of a preset: what a well-known store needs, as data. Every field that the user writes overrides the preset.
// In texts, `{port}`, `{mountPath}`, `{user}` and `{database}` are placeholders for the values in use.
import type { JsonObject } from "../../model/data/json.ts";

export interface Preset {
  readonly image: string;
  readonly port: number;
  readonly portName: string;
  /** The scheme of the output `url`. */
  readonly scheme: string;
  readonly args: readonly string[];
  readonly volume: {
    readonly mountPath: string;
    readonly size: string;
    /** A subfolder of the volume, for programs that need an empty folder: a fresh disk contains a `lost+found`. */
    readonly subPath?: string;
  };
  readonly readiness: JsonObject;
  /** Absent when the store has no users. */
  readonly account?: PresetAccount;
}

interface PresetAccount {
  readonly user: string;
  readonly database: string;
  /** Environment variables of the image. The password comes from a Secret, never from here. */
  readonly env: Readonly<Record<string, string>>;
  readonly passwordEnv: readonly string[];
  /** Variables that are set only for a user other than `user`. */
  readonly ownUser?: { readonly env: Readonly<Record<string, string>>; readonly passwordEnv: readonly string[] };
}
