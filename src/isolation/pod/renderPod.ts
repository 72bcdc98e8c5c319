// Renders the pod of a job from the template of its type. The pod is built from allowed fields; it is not the template
// with fields removed. A field that a registration or an input invents is therefore a problem and never a field of the
// pod.

import { canonicalJson, isObject, type Json, type JsonObject } from "../../model/data/json.ts";
import { JOB_LABELS } from "../../model/kubernetes/jobLabels.ts";
import { LABELS, MANAGED_BY } from "../../model/kubernetes/manifest.ts";
import { hasErrors, type Problem, problem } from "../../model/problems/problem.ts";
import { labelValue } from "../policy/labelValue.ts";
import type { PodManifest, PodOrder, RenderedPod } from "../policy/order.ts";
import { profileOf } from "../policy/profile.ts";
import { type BoundedContainer, boundResources, type ResourceDefaults } from "../policy/resources.ts";
import { podTemplate } from "../template/podShape.ts";
import type { Notes } from "../template/shape.ts";
import { checkCapabilities, checkUses } from "./checkGrants.ts";
import { checkTogether } from "./checkTogether.ts";
import { listAt, objectAt, onlyGiven, renderContainer } from "./renderContainer.ts";
import { mountsOf, volumesOf } from "./renderVolumes.ts";

/** No user reads more, and a hostile template must not produce a megabyte of problems. */
const MOST_PROBLEMS = 100;
const LARGEST_POD = 256 * 1024;
const USER = 10_001;
const GRACE = 30_000;

export function renderJobPod(template: Json, order: PodOrder): RenderedPod {
  const { pod, problems } = draftPod(template, order);
  const shown = problems.slice(0, MOST_PROBLEMS);
  const cut = problems.length > MOST_PROBLEMS ? [problem("MoreProblems", ["template"], { limit: MOST_PROBLEMS })] : [];
  return { pod: hasErrors(problems) ? null : pod, problems: [...shown, ...cut] };
}

/** The pod even when there are problems. It still contains only allowed fields, and the tests prove that too. */
export function draftPod(
  template: Json,
  order: PodOrder,
): { readonly pod: PodManifest; readonly problems: readonly Problem[] } {
  const notes: Notes = { problems: [], uses: [] };
  const picked = podTemplate(template, ["template"], notes);
  const copied = isObject(picked) ? picked : {};
  const said = objectAt(copied, "spec") ?? {};
  const containers = containersOf(said, order);
  const { uses, problems } = checkTogether(said, containers, order);
  const { capabilities, grants, identity } = order;
  const { project, type } = identity;
  const pod: PodManifest = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: metadataOf(copied, order),
    spec: specOf(said, containers, order),
  };
  const bytes = canonicalJson(pod).length;
  const size = bytes > LARGEST_POD ? [problem("TooLarge", ["template"], { bytes, limit: LARGEST_POD })] : [];
  const granted = [
    ...checkCapabilities({ capabilities, grants, project, type }),
    ...checkUses([...notes.uses, ...uses], order),
  ];
  return { pod, problems: [...notes.problems, ...problems, ...granted, ...size] };
}

interface Prepared extends BoundedContainer {
  readonly picked: JsonObject;
  readonly at: readonly (string | number)[];
}

function containersOf(said: JsonObject, order: PodOrder): readonly Prepared[] {
  const { resources } = profileOf(order.profile);
  const own = order.resources?.default;
  const main: ResourceDefaults =
    own === undefined
      ? resources
      : { requests: { ...resources.requests, ...own }, limits: { ...resources.limits, ...own } };
  const beside = profileOf("task").resources;
  return (["containers", "initContainers"] as const).flatMap((field) =>
    listAt(said, field).map((picked, index) => {
      const defaults = field === "containers" && index === 0 ? main : beside;
      const before = field === "initContainers" && picked["restartPolicy"] !== "Always";
      return { picked, before, bounds: boundResources(picked, defaults), at: ["template", "spec", field, index] };
    }),
  );
}

/** Pod fields that the template decides; the allow-list and the grants check them first. */
const TAKEN_OVER = [
  "imagePullSecrets",
  "nodeSelector",
  "tolerations",
  "priorityClassName",
  "schedulerName",
  "resourceClaims",
] as const;

function specOf(said: JsonObject, containers: readonly Prepared[], order: PodOrder): JsonObject {
  const { timeouts, runtime, identity } = order;
  const grace = graceOf(said, order);
  const rendered = (field: string): readonly JsonObject[] =>
    containers
      .filter(({ at }) => at[2] === field)
      .map(({ picked, bounds }) => renderContainer(picked, { bounds, mounts: mountsOf(order) }));
  const before = rendered("initContainers");
  const runtimeClass = said["runtimeClassName"] ?? runtime.runtimeClass;
  return {
    ...onlyGiven(said, TAKEN_OVER),
    ...(runtimeClass === undefined ? {} : { runtimeClassName: runtimeClass }),
    ...(identity.account === undefined ? {} : { serviceAccountName: identity.account }),
    ...(runtime.hostUsers ? { hostUsers: false } : {}),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: "Never",
    // The kubelet ends the pod at this deadline even when kubemin does not run. It counts from the moment the pod has a
    // node, so it includes pulling the images.
    activeDeadlineSeconds: Math.max(1, Math.ceil((timeouts.attempt + (timeouts.start ?? 0)) / 1_000) + grace),
    terminationGracePeriodSeconds: grace,
    securityContext: podSecurity(said),
    ...(before.length === 0 ? {} : { initContainers: before }),
    containers: rendered("containers"),
    volumes: volumesOf(said, order),
  };
}

function graceOf(said: JsonObject, { timeouts }: PodOrder): number {
  const asked = said["terminationGracePeriodSeconds"];
  return typeof asked === "number" ? asked : Math.ceil((timeouts.grace ?? GRACE) / 1_000);
}

function podSecurity(said: JsonObject): JsonObject {
  const given = objectAt(said, "securityContext") ?? {};
  return {
    runAsUser: USER,
    fsGroup: USER,
    fsGroupChangePolicy: "OnRootMismatch",
    ...onlyGiven(given, ["runAsUser", "runAsGroup", "fsGroup", "fsGroupChangePolicy", "supplementalGroups"]),
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
  };
}

function metadataOf(copied: JsonObject, { identity }: PodOrder): PodManifest["metadata"] {
  const given = objectAt(copied, "metadata") ?? {};
  const { name, namespace, project, run, job, type, version } = identity;
  return {
    name,
    namespace,
    labels: {
      ...texts(given["labels"]),
      [LABELS.managedBy]: MANAGED_BY,
      [LABELS.project]: labelValue(project),
      [JOB_LABELS.type]: labelValue(type),
      [JOB_LABELS.version]: labelValue(version),
      [JOB_LABELS.run]: labelValue(run),
      [JOB_LABELS.job]: labelValue(job),
    },
    annotations: texts(given["annotations"]),
  };
}

function texts(value: Json | undefined): Readonly<Record<string, string>> {
  return isObject(value) ? (value as Readonly<Record<string, string>>) : {}; // the allow-list copies texts only
}
