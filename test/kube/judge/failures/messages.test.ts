import { describe, expect, it } from "vitest";
import { shortened } from "../../../../src/kube/judge/failures/container.ts";
import { imageFailure } from "../../../../src/kube/judge/failures/image.ts";
import { refusalIn } from "../../../../src/kube/refusals/admission.ts";
import { missingReference } from "../../../../src/kube/refusals/references.ts";

describe("image pull messages", () => {
  it.each([
    [
      'rpc error: code = NotFound desc = failed to pull and unpack image "x": failed to resolve reference "x": x: not found',
      "ImageNotFound",
    ],
    ["manifest for x:1 not found: manifest unknown: manifest unknown", "ImageNotFound"],
    ["pull access denied for x, repository does not exist or may require 'docker login': denied", "ImageNotFound"],
    ["failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized", "ImageUnauthorized"],
    ["unexpected status from HEAD request to https://r/v2/x/manifests/1: 403 Forbidden", "ImageUnauthorized"],
    ["pull access denied for x", "ImageUnauthorized"],
    ["no match for platform in manifest: not found", "ImageWrongArchitecture"],
    ["dial tcp: lookup r on 10.0.0.1:53: no such host", "ImageRegistryUnreachable"],
    ["tls: failed to verify certificate: x509: certificate signed by unknown authority", "ImageRegistryUnreachable"],
    ["429 Too Many Requests - toomanyrequests: You have reached your pull rate limit", "ImageRegistryUnreachable"],
    ["something new", "ImagePullFailed"],
  ])("%s", (message, code) => {
    expect(imageFailure("x:1", message).reason.code).toBe(code);
  });

  it("gives up on a missing image within ten seconds", () => {
    expect(imageFailure("x:1", "not found").after).toBeLessThanOrEqual(10_000);
  });
});

describe("messages of container runtimes", () => {
  it.each([
    [
      'failed to create containerd task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/bin/migrate": stat /bin/migrate: no such file or directory',
      '"/bin/migrate": stat /bin/migrate: no such file or directory',
    ],
    [
      'OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/var/lib/kubelet/pods/4738/volumes/kubernetes.io~configmap/settings" to rootfs at "/etc/passwd": mount /var/lib/kubelet/pods/4738/volumes/kubernetes.io~configmap/settings:/etc/passwd (via /proc/self/fd/6), flags: 0x5001: not a directory',
      "settings cannot be mounted at /etc/passwd: not a directory",
    ],
    [
      "runc create failed: unable to start container process: can't get final child's PID",
      "can't get final child's PID",
    ],
    ["container has runAsNonRoot and image will run as root", "container has runAsNonRoot and image will run as root"],
  ])("%s", (message, wanted) => {
    expect(shortened(message)).toBe(wanted);
  });
});

describe("missing references", () => {
  it.each([
    ['secret "db-pass" not found', "Secret db-pass does not exist"],
    ['configmap "cfg" not found', "ConfigMap cfg does not exist"],
    ["couldn't find key url in Secret shop/db-pass", "Secret db-pass has no key url"],
    ['MountVolume.SetUp failed for volume "v" : configmap "cfg" not found', "ConfigMap cfg does not exist"],
    [
      'MountVolume.SetUp failed for volume "v" : references non-existent secret key: tls.crt',
      "the Secret has no key tls.crt",
    ],
    ['0/1 nodes are available: persistentvolumeclaim "data" not found.', "PersistentVolumeClaim data does not exist"],
    ['pods "w-" is forbidden: no PriorityClass with name gold was found', "PriorityClass gold does not exist"],
    ['pods "w-" is forbidden: pod rejected: RuntimeClass "gvisor" not found', "RuntimeClass gvisor does not exist"],
    [
      'pods "w-" is forbidden: error looking up service account a/robot: serviceaccount "robot" not found',
      "ServiceAccount robot does not exist",
    ],
    ["the weather is bad", undefined],
  ])("%s", (message, wanted) => {
    expect(missingReference(message)).toBe(wanted);
  });
});

const QUOTA =
  'pods "w" is forbidden: exceeded quota: q, requested: limits.cpu=2,pods=1, used: limits.cpu=3,pods=1, limited: limits.cpu=4,pods=10';

describe("admission messages", () => {
  it("waits for a quota that others may free, and gives up on one that is too small", () => {
    expect(refusalIn(QUOTA)).toEqual({
      class: "waits",
      grace: 0,
      reason: {
        code: "QuotaExceeded",
        params: {
          quota: "q",
          requested: "limits.cpu=2,pods=1",
          used: "limits.cpu=3,pods=1",
          limited: "limits.cpu=4,pods=10",
        },
      },
    });
    expect(refusalIn(QUOTA.replace("requested: limits.cpu=2", "requested: limits.cpu=4500m"))?.class).toBe("final");
  });

  it.each([
    [
      'pods "w" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
      "PodSecurity",
      "final",
      0,
    ],
    ['admission webhook "policy.example" denied the request: no latest tag', "PolicyDenied", "final", 15_000],
    ['admission webhook "mpod.kb.io" denied the request: Job.batch "x" not found', "PolicyDenied", "final", 60_000],
    ['admission webhook "vgpu.hami.io" denied the request: exceeding resource quota', "PolicyDenied", "waits", 0],
    ["ValidatingAdmissionPolicy 'p' with binding 'b' denied request: too many replicas", "PolicyDenied", "final", 0],
    ['pods "w" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi', "PolicyDenied", "final", 0],
    ['pods "w" is forbidden: failed quota: q: must specify limits.cpu for: web', "QuotaUnspecified", "final", 0],
    [
      'deployments.apps is forbidden: User "u" cannot create resource "deployments" in API group "apps" in the namespace "n"',
      "NotAllowed",
      "final",
      0,
    ],
    [
      'Internal error occurred: failed calling webhook "w": Post "https://w": connection refused',
      "WebhookDown",
      "passing",
      0,
    ],
  ])("%s", (message, code, kind, grace) => {
    const refusal = refusalIn(message);
    expect([refusal?.reason.code, refusal?.class, refusal?.grace]).toEqual([code, kind, grace]);
  });
});
