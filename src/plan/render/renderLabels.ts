// Labels, namespace and defaults of pods, which the renderer adds to every object, whatever the definition rendered.
import { isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../model/kubernetes/manifest.ts";

export interface Identity {
  readonly project: string;
  readonly application: string;
  readonly namespace: string;
  readonly component: string;
  readonly type: string;
}

export type Labels = { readonly [label: string]: string };

export function labelsOf(identity: Identity): Labels {
  return {
    [LABELS.name]: identity.component,
    [LABELS.instance]: identity.application,
    [LABELS.component]: identity.type,
    [LABELS.partOf]: identity.application,
    [LABELS.managedBy]: MANAGED_BY,
    [LABELS.project]: identity.project,
    [LABELS.application]: identity.application,
    [LABELS.kubeminComponent]: identity.component,
  };
}

interface Stamp {
  readonly identity: Identity;
  readonly clusterWide: boolean;
  /** Labels and annotations that traits add. */
  readonly extra: JsonObject;
}

/** The labels by which kubemin recognizes its own objects. The other labels are only for readers. */
const MARKS: readonly string[] = [LABELS.managedBy, LABELS.project, LABELS.application, LABELS.kubeminComponent];

/**
 * Labels that an object already has are kept, because selectors of other objects may depend on them; only kubemin's own
 * marks replace them. The templates of pods are marked too, because only marked objects are watched. A cluster-scoped
 * object gets no namespace.
 */
export function stamped(manifest: Manifest, at: Stamp): Manifest {
  const { namespace: _wanted, ...metadata } = manifest.metadata;
  const annotations = { ...metadata.annotations, ...textsIn(at.extra["annotations"]) };
  const own = { ...metadata.labels, ...textsIn(at.extra["labels"]) };
  const labels = labelsOf(at.identity);
  const place = at.clusterWide ? {} : { namespace: at.identity.namespace };
  const marked = markTemplate(manifest, labels);
  const annotated = Object.keys(annotations).length === 0 ? {} : { annotations };
  return { ...marked, metadata: { ...metadata, ...place, labels: overlaid(own, labels), ...annotated } };
}

function overlaid(own: Labels, labels: Labels): Labels {
  const marks = Object.entries(labels).filter(([label]) => MARKS.includes(label));
  return { ...labels, ...own, ...Object.fromEntries(marks) };
}

/** For each kind that creates pods, the paths of its templates, outermost first. */
const TEMPLATES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Deployment: [["spec", "template"]],
  ReplicaSet: [["spec", "template"]],
  StatefulSet: [["spec", "template"]],
  DaemonSet: [["spec", "template"]],
  Job: [["spec", "template"]],
  CronJob: [
    ["spec", "jobTemplate"],
    ["spec", "jobTemplate", "spec", "template"],
  ],
};

function markTemplate(manifest: Manifest, labels: Labels): Manifest {
  if (!/^(apps|batch)\//.test(manifest.apiVersion)) return manifest;
  const marked = (TEMPLATES[manifest.kind] ?? []).reduce<JsonObject>(
    (object, path) => changedAt(object, path, (template) => withLabels(template, labels)),
    manifest,
  );
  return marked as Manifest; // only labels below spec were added
}

function changedAt(object: JsonObject, path: readonly string[], change: (inner: JsonObject) => JsonObject): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return change(object);
  const inner = object[key];
  return isObject(inner) ? { ...object, [key]: changedAt(inner, rest, change) } : object;
}

function withLabels(template: JsonObject, labels: Labels): JsonObject {
  const metadata = isObject(template["metadata"]) ? template["metadata"] : {};
  const own = isObject(metadata["labels"]) ? (metadata["labels"] as Labels) : {}; // the API server accepts only text as labels
  return { ...template, metadata: { ...metadata, labels: overlaid(own, labels) } };
}

export function textsIn(value: Json | undefined): Labels {
  const pairs = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string"));
}

/**
 * Pods get no token of the API server unless a trait asks for one (a token is what an intruder looks for), and no
 * variables for every Service of the namespace (thousands of them make programs fail to start). They get no security
 * context, because it would break ordinary images.
 */
export function podTemplate(pod: JsonObject, labels: Labels, annotations: Labels | undefined): JsonObject {
  return {
    metadata: { labels, ...(annotations === undefined ? {} : { annotations }) },
    spec: { automountServiceAccountToken: false, enableServiceLinks: false, ...pod },
  };
}

/** Sets fields of traits in the spec of the controller's object, and removes unmanaged ones. */
export function withFields(manifest: Manifest, fields: JsonObject, unmanaged: readonly string[] = []): Manifest {
  const spec = isObject(manifest["spec"]) ? manifest["spec"] : {};
  const kept = Object.entries({ ...spec, ...fields }).filter(([field]) => !unmanaged.includes(field));
  return { ...manifest, spec: Object.fromEntries(kept) };
}

/** Adds labels and annotations to the controller's object; for a CronJob, to the Jobs that it creates. */
export function withMetadata(manifest: Manifest, extra: JsonObject): Manifest {
  const path = manifest.kind === "CronJob" ? ["spec", "jobTemplate"] : [];
  const changed = changedAt(manifest, path, (object) => {
    const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
    const fields = (["labels", "annotations"] as const).flatMap((field) => {
      const texts = { ...textsIn(metadata[field]), ...textsIn(extra[field]) };
      return Object.keys(texts).length === 0 ? [] : [[field, texts] as const];
    });
    return { ...object, metadata: { ...metadata, ...Object.fromEntries(fields) } };
  });
  return changed as Manifest; // only texts below metadata were added
}
