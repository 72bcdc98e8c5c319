// A job type that somebody registered, as everything that runs it sees it: one version of it, with what became of it since. A view of
// what the store holds; `definition.ts` makes a job definition of it. Holds no secret in clear.
import type { Grants } from "../../isolation/policy/capability.ts";
import type { Lifecycle, Registration } from "./registration.ts";

export interface RegisteredType {
  /** As it was registered; the secret of a worker is sealed, see below. */
  readonly registration: Registration;
  readonly lifecycle: Lifecycle;
  /** What administrators granted to the project for this type. Asked at each attempt: a grant that was revoked must not live on. */
  readonly grants: (project: string) => Grants;
  /**
   * Of a worker: its secret, sealed for that project (a project opens only what was sealed for it), for `Worker.secret` of httpWorker.ts.
   * Pods have none: the empty text.
   */
  readonly workerSecret: (project: string) => string;
}
