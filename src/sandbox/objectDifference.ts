// What an apply would change in the sandbox, and what was changed outside kubemin since the last apply. The sandbox has
// only one field manager, so `managers` is always empty.

import { dig, type Json } from "../model/data/json.ts";
import { isSealed, MASK } from "../model/document/sealed.ts";
import { heldDifferences } from "../model/kubernetes/fieldDifferences.ts";
import { type Manifest, plainAnnotations, refOf } from "../model/kubernetes/manifest.ts";
import type { ApplyOptions, Drift, LiveDifference, LiveField } from "../ports/cluster.ts";
import { refusalOf } from "./admission.ts";
import { mergeApply } from "./objects/merge.ts";
import type { SandboxState } from "./state.ts";

export function compareObject(state: SandboxState, object: Manifest, options: ApplyOptions): LiveDifference {
  const ref = refOf(object);
  const live = state.objects.get(ref);
  if (live === undefined) return { ref, state: "missing", fields: [] };
  const refused = refusalOf(object, state, options);
  if (refused !== null)
    return { ref, state: refused.code === "OwnedByOther" ? "foreign" : "refused", reason: refused, fields: [] };
  const fields = fieldsOf(live.manifest, mergeApply(live.manifest, live.sent, object), object.kind);
  return { ref, state: fields.length === 0 ? "same" : "different", fields };
}

export function driftOf(state: SandboxState, wanted: Manifest): Drift | null {
  const ref = refOf(wanted);
  const live = state.objects.get(ref);
  if (live === undefined) return { ref, gone: true, fields: [], managers: [] };
  if (live.goneAt !== null) return null;
  const fields = fieldsOf(live.manifest, mergeApply(live.manifest, live.sent, wanted), wanted.kind);
  return fields.length === 0 ? null : { ref, gone: false, fields: fields.map((one) => one.path), managers: [] };
}

function fieldsOf(live: Manifest, result: Json, kind: string): readonly LiveField[] {
  return heldDifferences(bare(live), bare(result), []).map(({ path, before, after }) => {
    const secret = (kind === "Secret" && /^(data|stringData)\b/.test(path)) || isSealed(before) || isSealed(after);
    const shown = (value: Json): Json => (secret ? MASK : value);
    return {
      path,
      ...(before === undefined ? {} : { live: shown(before) }),
      ...(after === undefined ? {} : { wanted: shown(after) }),
      managers: [],
    };
  });
}

function bare(object: Json): Json {
  const { status: _status, ...rest } = object as Manifest; // both sides are manifests
  const annotations = plainAnnotations(rest.metadata);
  const labels = dig(object, "metadata", "labels") as Json | undefined; // part of a Json value is Json
  return { ...rest, metadata: { annotations, ...(labels === undefined ? {} : { labels }) } };
}
