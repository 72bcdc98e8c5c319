// What running a registered type needs from outside, in addition to what each job gets.
import type { RuntimeSupport } from "../../isolation/policy/order.ts";
import type { Schemas } from "../schemas/schemas.ts";

export interface TypeDependencies {
  /** The cache of compiled schemas, shared by all types of the server. */
  readonly schemas: Schemas;
  /** Resolves a host name to all of its addresses, for the address under which programs in pods reach this server. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** Features of the container runtimes. Default: only the features that all runtimes have. */
  readonly runtime?: RuntimeSupport;
}
