// What running a registered type takes from outside, beside what every job is given.
import type { RuntimeSupport } from "../../isolation/policy/order.ts";
import type { Schemas } from "../schemas/schemas.ts";

export interface TypeDependencies {
  /** Compiled once for all types of the server. */
  readonly schemas: Schemas;
  /** All addresses of a host name: where programs in pods reach this server. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** What the container runtimes can do; without, nothing beside what all can. */
  readonly runtime?: RuntimeSupport;
}
