// The complete allow-list of a job type's pod template. A field that is not listed here is refused: a node, a host, an
// account, names of hosts, kernel settings.
import type { Json } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import { DNS_LABEL, LABEL_KEY, LABEL_VALUE } from "../../model/kubernetes/name.ts";
import { problem } from "../../model/problems/problem.ts";
import { account, container, initContainer, seccomp } from "./containerShape.ts";
import { integer, list, type Notes, needing, object, oneOf, record, type Shape, text } from "./shape.ts";
import { objectName, volume } from "./volumeShape.ts";

const LONGEST_GRACE = 600;

const toleration = (): Shape =>
  object(
    {
      key: needing("tolerations", text(LABEL_KEY, 317)),
      operator: oneOf("Exists", "Equal"),
      value: text(LABEL_VALUE),
      effect: oneOf("NoSchedule", "PreferNoSchedule", "NoExecute"),
      tolerationSeconds: integer(0, 86_400),
    },
    // A toleration without a key tolerates everything.
    ["key"],
  );

const podSecurity = (): Shape =>
  object({
    runAsNonRoot: oneOf(true),
    runAsUser: account(),
    runAsGroup: account(),
    fsGroup: account(),
    fsGroupChangePolicy: oneOf("OnRootMismatch", "Always"),
    supplementalGroups: list(account(), 20),
    seccompProfile: seccomp(),
  });

const deviceClaim = (): Shape =>
  object(
    {
      name: text(DNS_LABEL),
      resourceClaimName: needing("deviceClaims", objectName()),
      resourceClaimTemplateName: needing("deviceClaims", objectName()),
    },
    ["name"],
  );

const spec: Shape = object(
  {
    containers: list(container, 10),
    initContainers: list(initContainer, 10),
    volumes: list(volume, 30),
    imagePullSecrets: list(object({ name: needing("secrets", objectName()) }, ["name"]), 10),
    nodeSelector: nodeSelector(),
    tolerations: list(toleration(), 20),
    runtimeClassName: needing("runtimeClasses", objectName()),
    priorityClassName: needing("priorityClasses", objectName()),
    schedulerName: needing("schedulers", objectName()),
    resourceClaims: list(deviceClaim(), 10),
    terminationGracePeriodSeconds: integer(0, LONGEST_GRACE),
    securityContext: podSecurity(),
    restartPolicy: oneOf("Never"),
    automountServiceAccountToken: oneOf(false),
    enableServiceLinks: oneOf(false),
    shareProcessNamespace: oneOf(false),
  },
  ["containers"],
);

export const podTemplate: Shape = object(
  {
    metadata: object({
      labels: keyed(text(LABEL_VALUE, 63)),
      annotations: keyed(text(undefined, 16_384)),
    }),
    spec,
  },
  ["spec"],
);

/** Each pair of key and value needs a grant of its own. */
function nodeSelector(): Shape {
  const shape = record(LABEL_KEY, text(LABEL_VALUE, 63), 20);
  return (value, at, notes) => {
    const copied = shape(value, at, notes);
    for (const [name, one] of entriesOf(copied))
      notes.uses.push({
        what: "nodeLabels",
        name: `${name}=${typeof one === "string" ? one : ""}`,
        amount: 1,
        at: [...at, name],
      });
    return copied;
  };
}

/**
 * Keys of kubemin, of Kubernetes and of network plug-ins are refused. A second network would not be covered by network
 * policies.
 */
const RESERVED = /(?:^|\.)(?:kubemin\.dev|kubernetes\.io|k8s\.io|k8s\.v1\.cni\.cncf\.io|cni\.cncf\.io)\//;

function keyed(item: Shape): Shape {
  const shape = record(LABEL_KEY, item, 50);
  return (value, at, notes) => {
    const copied = shape(value, at, notes);
    const kept = entriesOf(copied).filter(([name]) => isFree(name, [...at, name], notes));
    return copied === undefined ? undefined : Object.fromEntries(kept);
  };
}

function isFree(name: string, at: Path, notes: Notes): boolean {
  if (RESERVED.test(name)) {
    notes.problems.push(problem("KeyReserved", at, { field: name }));
    return false;
  }
  const slash = name.indexOf("/");
  if (slash >= 0) notes.uses.push({ what: "metadataDomains", name: name.slice(0, slash), amount: 1, at });
  return true;
}

function entriesOf(value: Json | undefined): readonly [string, Json][] {
  return typeof value === "object" && value !== null ? (Object.entries(value) as [string, Json][]) : []; // copied by `record`, so every value is Json
}
