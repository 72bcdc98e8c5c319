// Turns an error response of the API server into a reason, and decides whether the same call may succeed later.
import { type Manifest, shortRef } from "../../model/kubernetes/manifest.ts";
import type { Refusal } from "../../model/kubernetes/refusal.ts";
import { type Reason, reason } from "../../model/reasons/reason.ts";
import { ClusterError } from "../../ports/cluster.ts";
import { clip, refusalIn } from "./admission.ts";
import type { KubernetesError } from "./apiError.ts";
import { missingReference } from "./references.ts";

interface ApiRefusal extends Refusal {
  readonly retryable: boolean;
}

interface RefusalCase {
  readonly error: KubernetesError;
  readonly object: string;
  readonly cluster: string;
  readonly mask: (text: string) => string;
}

const IMMUTABLE =
  /field is immutable|is immutable|cannot change roleRef|may not change once set|updates to \w+ spec for fields other than|spec is immutable after creation|pod updates may not change fields other than/;
const NAMESPACE_MISSING = /namespaces? "([^"]+)" not found/;
/** The cluster creates the default service account of a namespace shortly after the namespace itself. */
const FRESH_NAMESPACE = /serviceaccount "default" not found/;
const FRESH_GRACE = 60_000;

type RefusalRule = (given: RefusalCase) => ApiRefusal | undefined;
const final = (why: Reason): ApiRefusal => ({ reason: why, class: "final", grace: 0, retryable: false });
const later = (why: Reason): ApiRefusal => ({ reason: why, class: "passing", grace: 0, retryable: true });

// The first rule that returns a value wins.
const RULES: readonly RefusalRule[] = [
  ({ error, object }) => {
    if (error.status !== 404) return undefined;
    const namespace = NAMESPACE_MISSING.exec(error.message)?.[1];
    return final(reason("Missing", { object: namespace === undefined ? object : `Namespace/${namespace}` }));
  },
  ({ error, object, mask }) => {
    const conflicts = error.causes.filter((one) => one.reason === "FieldManagerConflict");
    if (error.status !== 409 || conflicts.length === 0) return undefined;
    const managers = [
      ...new Set(conflicts.map((one) => /conflict with "([^"]+)"/.exec(one.message)?.[1] ?? one.message)),
    ].join(", ");
    return final(
      reason("FieldConflict", { object, managers, detail: mask(conflicts.map((one) => one.field).join(", ")) }),
    );
  },
  ({ error, object }) => (error.status === 409 ? later(reason("ChangedBehindUs", { object })) : undefined),
  ({ error, object, mask }) => {
    if (error.status !== 422 || !IMMUTABLE.test(error.message)) return undefined;
    const field = error.causes.find((one) => IMMUTABLE.test(one.message))?.field ?? error.causes[0]?.field ?? "spec";
    return final(reason("ImmutableField", { object, field: mask(field) }));
  },
  ({ error }) => {
    const terminating =
      error.causes.some((one) => one.reason === "NamespaceTerminating") ||
      /because it is being terminated/.test(error.message);
    const namespace = /in namespace (\S+) because/.exec(error.message)?.[1];
    return terminating ? later(reason("Terminating", { object: `Namespace/${namespace ?? ""}` })) : undefined;
  },
  ({ error, mask }) => {
    const refusal = refusalIn(mask(error.message));
    return refusal === undefined ? undefined : { ...refusal, retryable: refusal.class === "passing" };
  },
  ({ error, mask }) => {
    const missing = error.status === 403 ? missingReference(mask(error.message)) : undefined;
    if (missing === undefined) return undefined;
    const grace = FRESH_NAMESPACE.test(error.message) ? FRESH_GRACE : 0;
    return { ...final(reason("MissingReference", { detail: missing })), grace };
  },
  ({ error, cluster, mask }) => {
    if (error.status === 401) return later(reason("CredentialRefused", { cluster }));
    return error.status === 403 ? final(reason("NotAllowed", { detail: clip(mask(error.message)) })) : undefined;
  },
  ({ error, cluster, mask }) => {
    return error.passing
      ? later(reason("ClusterUnreachable", { cluster, detail: clip(mask(error.message)) }))
      : undefined;
  },
];

export function refusalOf(given: RefusalCase): ApiRefusal {
  const { object, mask, error } = given;
  for (const rule of RULES) {
    const refused = rule(given);
    if (refused !== undefined) return refused;
  }
  return final(reason("RefusedByServer", { object, detail: clip(mask(error.message)) }));
}

export function clusterError(given: RefusalCase): ClusterError {
  const { reason: why, retryable, ...lasts } = refusalOf(given);
  return new ClusterError(why, retryable, lasts);
}

export function nameForErrors(object: Manifest): string {
  return shortRef({ kind: object.kind, name: object.metadata.name });
}
