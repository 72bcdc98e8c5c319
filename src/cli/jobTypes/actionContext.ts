// One `kubemin type ...` on its way: who asks whom about what.
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
  /** Of a type, or of a file. */
  readonly name: string;
  readonly options: TypeOptions;
}
