// Objects that the cluster suite applies, as kubemin renders them: with its labels on objects and pod templates.
import type { Json, JsonObject } from "../../../src/model/data/json.ts";
import { LABELS, MANAGED_BY, type Manifest } from "../../../src/model/kubernetes/manifest.ts";

export interface Place {
  readonly namespace: string;
  readonly application?: string;
}

export function labelsFor(name: string, application: string): Readonly<Record<string, string>> {
  return {
    [LABELS.managedBy]: MANAGED_BY,
    [LABELS.name]: name,
    [LABELS.instance]: application,
    [LABELS.component]: name,
    [LABELS.partOf]: application,
    [LABELS.project]: "contract",
    [LABELS.application]: application,
    [LABELS.kubeminComponent]: name,
  };
}

export function object(
  kind: readonly [apiVersion: string, kind: string],
  name: string,
  rest: Place & { readonly fields: JsonObject },
): Manifest {
  const { namespace, application = "suite", fields } = rest;
  return {
    apiVersion: kind[0],
    kind: kind[1],
    metadata: { name, namespace, labels: labelsFor(name, application) },
    ...fields,
  };
}

export function configMap(name: string, place: Place, data: JsonObject): Manifest {
  return object(["v1", "ConfigMap"], name, { ...place, fields: { data } });
}

export function secret(name: string, place: Place, stringData: JsonObject): Manifest {
  return object(["v1", "Secret"], name, { ...place, fields: { type: "Opaque", stringData } });
}

export interface Program extends Place {
  readonly image?: string;
  readonly script: string;
  /** Further fields of the container. */
  readonly container?: JsonObject;
  readonly replicas?: number;
}

function template(name: string, program: Program, pod: JsonObject): JsonObject {
  const { image = "busybox:1.36", script, container = {}, application = "suite" } = program;
  const main: Json = { name, image, imagePullPolicy: "IfNotPresent", command: ["sh", "-c", script], ...container };
  return {
    metadata: { labels: labelsFor(name, application) },
    spec: { terminationGracePeriodSeconds: 0, containers: [main], ...pod },
  };
}

/** A program that runs until it gets SIGTERM. */
export const SERVES = "trap 'exit 0' TERM; echo serving; while true; do sleep 1; done";

export function deployment(name: string, program: Program): Manifest {
  const selector = {
    matchLabels: { [LABELS.kubeminComponent]: name, [LABELS.application]: program.application ?? "suite" },
  };
  // kubemin renders containers without a probe like this, so that one that exits immediately is never ready.
  const pods = { replicas: program.replicas ?? 1, minReadySeconds: 3, selector, template: template(name, program, {}) };
  const fields = { spec: pods };
  return object(["apps/v1", "Deployment"], name, { ...program, fields });
}

export function job(name: string, program: Program): Manifest {
  const fields = { spec: { backoffLimit: 0, template: template(name, program, { restartPolicy: "Never" }) } };
  return object(["batch/v1", "Job"], name, { ...program, fields });
}

export function service(name: string, target: string, place: Place): Manifest {
  const selector = { [LABELS.kubeminComponent]: target, [LABELS.application]: place.application ?? "suite" };
  return object(["v1", "Service"], name, {
    ...place,
    fields: { spec: { selector, ports: [{ name: "http", port: 80, targetPort: 8080 }] } },
  });
}
