// Pod Security "restricted", written from its text
// (https://kubernetes.io/docs/concepts/security/pod-security-standards/) and not from the code under test, and in
// addition what kubemin promises. Both functions return what is wrong; an empty list means that the pod may run.

type Anything = Readonly<Record<string, unknown>>;

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((current, key) => (current as Anything | undefined)?.[key], value); // undefined ends it
const items = (value: unknown): readonly Anything[] => (Array.isArray(value) ? (value as Anything[]) : []); // of a pod: objects

const SORTS = ["containers", "initContainers", "ephemeralContainers"] as const;
const VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

export function restrictedViolations(pod: unknown): readonly string[] {
  const spec = at(pod, "spec");
  const containers = SORTS.flatMap((sort) => items(at(spec, sort)));
  const wrong: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(what);
  };
  for (const field of ["hostNetwork", "hostPID", "hostIPC"]) must(!at(spec, field), field);
  must(items(at(spec, "securityContext", "sysctls")).length === 0, "sysctls");
  for (const context of [at(spec, "securityContext"), ...containers.map((one) => at(one, "securityContext"))]) {
    must(at(context, "seLinuxOptions") === undefined, "seLinuxOptions");
    must(at(context, "appArmorProfile") === undefined, "appArmorProfile");
    must(!at(context, "windowsOptions", "hostProcess"), "hostProcess");
    must(at(context, "runAsUser") !== 0, "runAsUser");
    must(
      ["RuntimeDefault", "Localhost", undefined].includes(at(context, "seccompProfile", "type") as string),
      "seccomp",
    ); // text or nothing
  }
  for (const volume of items(at(spec, "volumes"))) {
    const kinds = Object.keys(volume).filter((key) => key !== "name");
    must(kinds.length === 1 && kinds.every((kind) => VOLUMES.includes(kind)), `volume ${kinds.join()}`);
  }
  for (const one of containers) {
    const context = at(one, "securityContext");
    must(!at(context, "privileged"), "privileged");
    must(at(context, "allowPrivilegeEscalation") === false, "allowPrivilegeEscalation");
    must([undefined, "Default"].includes(at(context, "procMount") as string), "procMount"); // text or nothing
    must((at(context, "runAsNonRoot") ?? at(spec, "securityContext", "runAsNonRoot")) === true, "runAsNonRoot");
    const seccomp = at(context, "seccompProfile", "type") ?? at(spec, "securityContext", "seccompProfile", "type");
    must(seccomp === "RuntimeDefault" || seccomp === "Localhost", "seccomp");
    must((at(context, "capabilities", "drop") as string[] | undefined)?.includes("ALL") === true, "drop ALL"); // a list of names
    const added = (at(context, "capabilities", "add") as string[] | undefined) ?? []; // a list of names
    must(
      added.every((name) => name === "NET_BIND_SERVICE"),
      "capabilities.add",
    );
    for (const port of items(at(one, "ports"))) must(!port["hostPort"] && port["hostIP"] === undefined, "hostPort");
    for (const hook of ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"])
      must(!JSON.stringify(at(one, hook) ?? {}).includes('"host":'), `host of ${hook}`);
  }
  return wrong;
}

const POD_FIELDS =
  "activeDeadlineSeconds automountServiceAccountToken containers enableServiceLinks hostUsers hostname imagePullSecrets initContainers nodeSelector priorityClassName resourceClaims restartPolicy runtimeClassName schedulerName securityContext serviceAccountName subdomain terminationGracePeriodSeconds tolerations volumes".split(
    " ",
  );
const CONTAINER_FIELDS =
  "args command env envFrom image imagePullPolicy lifecycle livenessProbe name ports readinessProbe resources restartPolicy securityContext startupProbe terminationMessagePolicy volumeMounts workingDir".split(
    " ",
  );

/** What kubemin promises for every job's pod in addition to the standard. */
export function promiseViolations(pod: unknown): readonly string[] {
  const spec = at(pod, "spec") as Anything; // a pod has one
  const containers = SORTS.flatMap((sort) => items(at(spec, sort)));
  const wrong: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(what);
  };
  for (const field of Object.keys(spec)) must(POD_FIELDS.includes(field), `spec.${field}`);
  must(spec["automountServiceAccountToken"] === false, "token");
  must(spec["enableServiceLinks"] === false, "service links");
  must(spec["restartPolicy"] === "Never", "restartPolicy");
  must(Number(spec["activeDeadlineSeconds"]) > 0, "deadline");
  must(spec["serviceAccountName"] === undefined, "account");
  must(spec["hostUsers"] !== true, "hostUsers");
  must(!JSON.stringify(spec).includes('"serviceAccountToken"'), "projected token");
  for (const one of items(spec["tolerations"])) must(one["key"] === "nvidia.com/gpu", "toleration");
  must(["volcano", undefined].includes(spec["schedulerName"] as string), "scheduler"); // text or nothing
  for (const volume of items(spec["volumes"]))
    must(volume["emptyDir"] === undefined || at(volume, "emptyDir", "sizeLimit") !== undefined, "sizeLimit");
  for (const one of containers) {
    for (const field of Object.keys(one)) must(CONTAINER_FIELDS.includes(field), `container.${field}`);
    must(at(one, "securityContext", "readOnlyRootFilesystem") === true, "read-only root");
    for (const side of ["requests", "limits"])
      for (const resource of ["cpu", "memory", "ephemeral-storage"])
        must(at(one, "resources", side, resource) !== undefined, `${side}.${resource}`);
    for (const mount of items(one["volumeMounts"]))
      must(!("mountPropagation" in mount) && !("subPathExpr" in mount), "mount");
  }
  const keys = [
    ...Object.entries(at(pod, "metadata", "labels") ?? {}),
    ...Object.entries(at(pod, "metadata", "annotations") ?? {}),
  ];
  const OURS = /^(kubemin\.dev\/(project|job-type|job-type-version|run|job)|app\.kubernetes\.io\/managed-by)$/;
  for (const [key] of keys) must(!key.includes("/") || OURS.test(key) || key.startsWith("example.com/"), `key ${key}`);
  must(at(pod, "metadata", "labels", "kubemin.dev/project") === "shop", "project label");
  must(at(pod, "metadata", "labels", "kubemin.dev/job-type") === "ai-eval", "type label");
  return wrong;
}
