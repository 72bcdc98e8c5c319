// The parameters that every action of `kubemin type` gets.
import type { Client } from "../../api/client.ts";
import type { CommandContext } from "../grammar/command.ts";

export interface TypeOptions {
  readonly "type-version": string | undefined;
  readonly until: string | undefined;
  readonly "replaced-by": string | undefined;
  readonly reason: string | undefined;
  readonly network: readonly string[];
  readonly secret: readonly string[];
  readonly volumes: string | undefined;
  readonly device: readonly string[];
  readonly example: number | undefined;
  readonly cluster: string | undefined;
  readonly all: boolean;
}

export interface Act {
  readonly context: CommandContext;
  readonly client: Client;
  /** The name of a job type, or of a file for `register` and `check`; empty if none was given. */
  readonly name: string;
  readonly options: TypeOptions;
}
