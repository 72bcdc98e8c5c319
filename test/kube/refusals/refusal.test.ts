import { describe, expect, it } from "vitest";
import { KubernetesError } from "../../../src/kube/refusals/apiError.ts";
import { refusalOf } from "../../../src/kube/refusals/refusal.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import { LABELS } from "../../../src/model/kubernetes/manifest.ts";
import { foreignOwner } from "../../../src/model/kubernetes/ownership.ts";
import { object } from "../fixtures.ts";

const refused = (status: number, message: string, causes: readonly JsonObject[] = []) =>
  refusalOf({
    error: new KubernetesError(status, { message, details: { causes } }, undefined),
    object: "Deployment/web",
    cluster: "c",
    mask: (text) => text,
  });

describe("what the API server's answers mean", () => {
  it.each<[string, number, string, string, boolean]>([
    ["namespace missing", 404, 'namespaces "shop" not found', "Missing", false],
    [
      "quota",
      403,
      'persistentvolumeclaims "d" is forbidden: exceeded quota: q, requested: persistentvolumeclaims=1, used: persistentvolumeclaims=1, limited: persistentvolumeclaims=1',
      "QuotaExceeded",
      false,
    ],
    ["policy", 403, 'admission webhook "p" denied the request: no', "PolicyDenied", false],
    ["policy answering 400", 400, 'admission webhook "p" denied the request: no', "PolicyDenied", false],
    ["webhook down", 500, 'Internal error occurred: failed calling webhook "p": timeout', "WebhookDown", true],
    [
      "rights",
      403,
      'deployments.apps "web" is forbidden: User "u" cannot patch resource "deployments" in API group "apps"',
      "NotAllowed",
      false,
    ],
    ["credentials", 401, "Unauthorized", "CredentialRefused", true],
    [
      "immutable",
      422,
      'Deployment.apps "web" is invalid: spec.selector: Invalid value: {}: field is immutable',
      "ImmutableField",
      false,
    ],
    [
      "StatefulSet spec",
      422,
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden",
      "ImmutableField",
      false,
    ],
    [
      "invalid",
      422,
      'Deployment.apps "web" is invalid: spec.replicas: must be greater than 0',
      "RefusedByServer",
      false,
    ],
    [
      "wrong type, answered with 500",
      500,
      "failed to create typed patch object: .spec.replicas: expected numeric",
      "RefusedByServer",
      false,
    ],
    [
      "replaced in between",
      409,
      "Precondition failed: UID in precondition: a, UID in object meta: b",
      "ChangedBehindUs",
      true,
    ],
    [
      "namespace going away",
      403,
      'deployments.apps "web" is forbidden: unable to create new content in namespace shop because it is being terminated',
      "Terminating",
      true,
    ],
    ["too many requests", 429, "too many requests", "ClusterUnreachable", true],
    ["server error", 503, "etcd leader changed", "ClusterUnreachable", true],
  ])("%s", (_name, status, message, code, retryable) => {
    const result = refused(status, message);
    expect([result.reason.code, result.retryable]).toEqual([code, retryable]);
  });

  it("names the managers and fields of a conflict", () => {
    const causes = [
      { reason: "FieldManagerConflict", message: 'conflict with "kubectl" using apps/v1', field: ".spec.replicas" },
      { reason: "FieldManagerConflict", message: 'conflict with "hpa" using apps/v1', field: ".spec.paused" },
    ];
    expect(refused(409, "Apply failed with 2 conflicts", causes).reason).toEqual({
      code: "FieldConflict",
      params: { object: "Deployment/web", managers: "kubectl, hpa", detail: ".spec.replicas, .spec.paused" },
    });
  });

  it("names the immutable field", () => {
    const causes = [
      { reason: "FieldValueInvalid", message: "Invalid value: x: field is immutable", field: "spec.selector" },
    ];
    expect(refused(422, "field is immutable", causes).reason.params).toEqual({
      object: "Deployment/web",
      field: "spec.selector",
    });
  });
});

describe("whose object it is", () => {
  const ours = object({ kind: "Deployment" });
  const labelled = (labels: Record<string, string>, metadata: JsonObject = {}) =>
    object({ kind: "Deployment", metadata: { labels, ...metadata } });

  it("is ours with our labels", () => {
    expect(foreignOwner(ours, ours)).toBeUndefined();
  });

  it("is another application's with theirs", () => {
    const theirs = labelled({ ...ours.metadata.labels, [LABELS.application]: "blog" });
    expect(foreignOwner(theirs, ours)).toEqual({
      owner: "otherApplication",
      application: "blog",
      project: "default",
    });
  });

  it("is somebody else's without, named by what it says of itself", () => {
    expect(foreignOwner(labelled({ [LABELS.managedBy]: "Helm", [LABELS.instance]: "r1" }), ours)).toEqual({
      owner: "Helm (r1)",
    });
    expect(foreignOwner(labelled({}, { managedFields: [{ manager: "kubectl" }] }), ours)).toEqual({
      owner: "lastWriter",
      writers: "kubectl",
    });
    expect(foreignOwner(labelled({}), ours)).toEqual({ owner: "unknownOwner" });
  });
});
