// What an apply would change on the live object, found by a dry run. Only fields that kubemin owns or sets are
// compared, so that fields that admission webhooks and other managers add are not reported as differences. Secret
// values are masked on both sides.

import type { Json } from "../../model/data/json.ts";
import { MASK } from "../../model/document/sealed.ts";
import { heldDifferences } from "../../model/kubernetes/fieldDifferences.ts";
import { type Manifest, plainAnnotations, refOf } from "../../model/kubernetes/manifest.ts";
import { type ApplyOptions, ClusterError, type LiveDifference, type LiveField } from "../../ports/cluster.ts";
import { fieldManagersOf, ourTree } from "../objects/fieldManagers.ts";
import { KubernetesError } from "../refusals/apiError.ts";
import { clusterError, nameForErrors } from "../refusals/refusal.ts";
import { type Api, forcedDryRun } from "./apply.ts";
import { revealObject } from "./reveal.ts";

/** Number of dry runs. Another writer's change in between says nothing about the object, so the dry run is repeated. */
const ATTEMPTS = 4;

export async function compareObject(api: Api, object: Manifest, options: ApplyOptions): Promise<LiveDifference> {
  for (let count = 1; ; count += 1) {
    const difference = await compareOnce(api, object, options);
    if (difference.reason?.code !== "ChangedBehindUs" || count === ATTEMPTS) return difference;
  }
}

async function compareOnce(api: Api, object: Manifest, options: ApplyOptions): Promise<LiveDifference> {
  const ref = refOf(object);
  const { mask } = revealObject(object, options.reveal);
  try {
    const { live, result } = await forcedDryRun(api, object, options);
    if (live === null) return { ref, state: "missing", fields: [] };
    const fields = fieldsOf(live, result).map((field) => masked(field, object.kind, mask));
    return { ref, state: fields.length === 0 ? "same" : "different", fields };
  } catch (cause) {
    const error =
      cause instanceof KubernetesError
        ? clusterError({ error: cause, object: nameForErrors(object), cluster: api.connection.cluster, mask })
        : cause;
    if (!(error instanceof ClusterError) || error.reason.code === "ClusterUnreachable") throw error;
    const state = error.reason.code === "OwnedByOther" ? "foreign" : "refused";
    return { ref, state, reason: error.reason, fields: [] };
  }
}

const OWN = "\u0000ours";

function fieldsOf(live: Manifest, result: Manifest): readonly LiveField[] {
  const holders = [
    ...fieldManagersOf(live),
    { manager: OWN, fields: ourTree(result) },
    { manager: OWN, fields: ourTree(live) },
  ];
  return heldDifferences(bare(live), bare(result), holders)
    .filter((one) => one.managers.includes(OWN))
    .map(({ path, before, after, managers }) => ({
      path,
      ...(before === undefined ? {} : { live: before }),
      ...(after === undefined ? {} : { wanted: after }),
      managers: managers.filter((one) => one !== OWN),
    }));
}

/** Only what a document can set: without the status, the server's metadata, and kubemin's own annotations. */
function bare(object: Manifest): Json {
  const { status: _status, ...rest } = object;
  const { labels } = object.metadata;
  const annotations = plainAnnotations(object.metadata);
  return { ...rest, metadata: { annotations, ...(labels === undefined ? {} : { labels }) } };
}

const SECRET_ROOTS = /^(data|stringData)(\.|\[|$)/;

function masked(field: LiveField, kind: string, mask: (text: string) => string): LiveField {
  const text = JSON.stringify([field.live, field.wanted]);
  const secret = (kind === "Secret" && SECRET_ROOTS.test(field.path)) || mask(text) !== text;
  if (!secret) return field;
  return {
    path: field.path,
    ...(field.live === undefined ? {} : { live: MASK }),
    ...(field.wanted === undefined ? {} : { wanted: MASK }),
    managers: field.managers,
  };
}
