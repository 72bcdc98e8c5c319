// The rules that the API server itself applies to every pod with the label of job types, one row per rule, in CEL. The
// policies are rendered in src/isolation/cluster/admission.ts. `variables.all` contains containers of every kind. A
// message about containers names the first one that breaks the rule.

export interface AdmissionRule {
  readonly name: string;
  /** Path of the field in the pod, as the message shows it. */
  readonly field: string;
  /** The CEL expression that must be true for the pod, for each container `c` or for each volume `v`. */
  readonly holds: string;
  readonly of: "pod" | "container" | "volume";
  /** The allowed values, for the message. */
  readonly wanted: string;
}

const CONTEXT = "c.?securityContext";
const POD_CONTEXT = "object.spec.?securityContext";

/** No probe and no lifecycle hook may connect to another host than the pod. */
const HOSTS = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.?postStart", "lifecycle.?preStop"]
  .flatMap((check) => [`c.?${check}.?httpGet.?host`, `c.?${check}.?tcpSocket.?host`])
  .map((field) => `${field}.orValue("") == ""`)
  .join(" && ");

const KINDS = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

const given = (resource: string): string =>
  ["requests", "limits"]
    .map(
      (side) =>
        `c.?resources.?${side}[?"${resource}"].hasValue() && quantity(string(c.resources.${side}["${resource}"])).compareTo(quantity("0")) > 0`,
    )
    .join(" && ");

export const ADMISSION_RULES: readonly AdmissionRule[] = [
  {
    name: "host-namespaces",
    field: "spec.hostNetwork, spec.hostPID, spec.hostIPC",
    of: "pod",
    holds:
      "!object.spec.?hostNetwork.orValue(false) && !object.spec.?hostPID.orValue(false) && !object.spec.?hostIPC.orValue(false)",
    wanted: "not true",
  },
  {
    name: "host-ports",
    field: "ports.hostPort, ports.hostIP",
    of: "container",
    holds: 'c.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0 && p.?hostIP.orValue("") == "")',
    wanted: "not set",
  },
  {
    name: "privileged",
    field: "securityContext.privileged",
    of: "container",
    holds: `!${CONTEXT}.?privileged.orValue(false)`,
    wanted: "not true",
  },
  {
    name: "privilege-escalation",
    field: "securityContext.allowPrivilegeEscalation",
    of: "container",
    holds: `${CONTEXT}.?allowPrivilegeEscalation.orValue(true) == false`,
    wanted: "false",
  },
  {
    name: "capabilities",
    field: "securityContext.capabilities",
    of: "container",
    holds: `${CONTEXT}.?capabilities.?drop.orValue([]).exists(d, d == "ALL") && ${CONTEXT}.?capabilities.?add.orValue([]).all(a, a == "NET_BIND_SERVICE")`,
    wanted: "drop ALL, add nothing but NET_BIND_SERVICE",
  },
  {
    name: "non-root",
    field: "securityContext.runAsNonRoot, securityContext.runAsUser",
    of: "container",
    holds: `${CONTEXT}.?runAsNonRoot.orValue(${POD_CONTEXT}.?runAsNonRoot.orValue(false)) && ${CONTEXT}.?runAsUser.orValue(${POD_CONTEXT}.?runAsUser.orValue(1)) > 0`,
    wanted: "runAsNonRoot true, runAsUser not 0",
  },
  {
    name: "seccomp",
    field: "securityContext.seccompProfile.type",
    of: "container",
    holds: `${CONTEXT}.?seccompProfile.?type.orValue(${POD_CONTEXT}.?seccompProfile.?type.orValue("")) == "RuntimeDefault"`,
    wanted: "RuntimeDefault",
  },
  {
    name: "kernel",
    field: "procMount, sysctls, seLinuxOptions, appArmorProfile, windowsOptions",
    of: "container",
    holds: [
      `${CONTEXT}.?procMount.orValue("Default") == "Default"`,
      `!${CONTEXT}.?seLinuxOptions.hasValue() && !${POD_CONTEXT}.?seLinuxOptions.hasValue()`,
      `!${CONTEXT}.?appArmorProfile.hasValue() && !${POD_CONTEXT}.?appArmorProfile.hasValue()`,
      `!${CONTEXT}.?windowsOptions.hasValue() && !${POD_CONTEXT}.?windowsOptions.hasValue()`,
      `size(${POD_CONTEXT}.?sysctls.orValue([])) == 0`,
    ].join(" && "),
    wanted: "not set",
  },
  {
    name: "read-only-root",
    field: "securityContext.readOnlyRootFilesystem",
    of: "container",
    holds: `${CONTEXT}.?readOnlyRootFilesystem.orValue(false)`,
    wanted: "true",
  },
  {
    name: "resources",
    field: "resources",
    of: "container",
    // An ephemeral container (kubectl debug) cannot have resources.
    holds: `object.spec.?ephemeralContainers.orValue([]).exists(e, e.name == c.name) || (${["cpu", "memory", "ephemeral-storage"].map(given).join(" && ")})`,
    wanted: "requests and limits of cpu, memory and ephemeral-storage",
  },
  {
    name: "devices-of-node",
    field: "volumeDevices, volumeMounts.mountPropagation",
    of: "container",
    holds:
      'size(c.?volumeDevices.orValue([])) == 0 && c.?volumeMounts.orValue([]).all(m, m.?mountPropagation.orValue("None") == "None")',
    wanted: "not set",
  },
  {
    name: "probe-hosts",
    field: "host of probes and hooks",
    of: "container",
    holds: HOSTS,
    wanted: "not set",
  },
  {
    name: "volumes",
    field: "spec.volumes",
    of: "volume",
    holds: KINDS.map((kind) => `has(v.${kind})`).join(" || "),
    wanted: KINDS.join(", "),
  },
  {
    name: "scratch-limit",
    field: "spec.volumes.emptyDir.sizeLimit",
    of: "volume",
    // Kubernetes treats a limit of zero as no limit. `dyn` is needed because the server's type check knows quantities
    // only inside maps.
    holds:
      '!has(v.emptyDir) || (dyn(v.emptyDir).?sizeLimit.hasValue() && quantity(string(dyn(v.emptyDir).sizeLimit)).compareTo(quantity("0")) > 0)',
    wanted: "a size",
  },
  {
    name: "token",
    field: "spec.automountServiceAccountToken, spec.volumes.projected.sources.serviceAccountToken",
    of: "pod",
    holds: [
      "object.spec.?automountServiceAccountToken.orValue(true) == false",
      'object.spec.?volumes.orValue([]).all(v, !has(v.projected) || v.projected.?sources.orValue([]).all(s, !has(s.clusterTrustBundle) && !has(s.podCertificate) && (!has(s.serviceAccountToken) || (object.spec.?serviceAccountName.orValue("").startsWith("{accountPrefix}") && s.serviceAccountToken.?expirationSeconds.orValue(3600) <= 600))))',
    ].join(" && "),
    wanted: "false; a projected token only for an account of job types, for at most ten minutes",
  },
  {
    name: "account",
    field: "spec.serviceAccountName",
    of: "pod",
    holds:
      '(object.spec.?serviceAccountName.orValue("default") in ["", "default"]) || object.spec.serviceAccountName.startsWith("{accountPrefix}")',
    wanted: "default, or {accountPrefix}…",
  },
  {
    name: "service-links",
    field: "spec.enableServiceLinks",
    of: "pod",
    holds: "object.spec.?enableServiceLinks.orValue(true) == false",
    wanted: "false",
  },
  {
    name: "deadline",
    field: "spec.activeDeadlineSeconds, spec.restartPolicy",
    of: "pod",
    holds: 'object.spec.?activeDeadlineSeconds.hasValue() && object.spec.?restartPolicy.orValue("Always") == "Never"',
    wanted: "a deadline, and Never",
  },
  {
    name: "placement",
    field: "spec.nodeName, spec.schedulerName, spec.priorityClassName, spec.affinity",
    of: "pod",
    holds: [
      // A pod that is already bound got its node from the scheduler.
      '(request.operation != "CREATE" || object.spec.?nodeName.orValue("") == "")',
      '(object.spec.?schedulerName.orValue("default-scheduler") in [{schedulers}])',
      '!object.spec.?priorityClassName.orValue("").startsWith("system-")',
      "!object.spec.?affinity.hasValue()",
    ].join(" && "),
    wanted: "no node name, one of the schedulers {schedulers}, no system priority class, no affinity",
  },
  {
    name: "tolerations",
    field: "spec.tolerations",
    of: "pod",
    holds: 'object.spec.?tolerations.orValue([]).all(t, t.?key.orValue("") != "")',
    wanted: "each with a key",
  },
  {
    name: "names-of-hosts",
    field: "spec.hostAliases, spec.dnsConfig, spec.dnsPolicy, spec.shareProcessNamespace",
    of: "pod",
    holds: [
      "size(object.spec.?hostAliases.orValue([])) == 0 && !object.spec.?dnsConfig.hasValue()",
      'object.spec.?dnsPolicy.orValue("ClusterFirst") == "ClusterFirst" && !object.spec.?shareProcessNamespace.orValue(false)',
    ].join(" && "),
    wanted: "not set",
  },
  {
    name: "annotations",
    field: "metadata.annotations",
    of: "pod",
    holds:
      'object.metadata.?annotations.orValue({}).all(k, !k.startsWith("container.apparmor.security.beta.kubernetes.io/") && !k.startsWith("container.seccomp.security.alpha.kubernetes.io/") && !k.startsWith("k8s.v1.cni.cncf.io/"))',
    wanted: "no security profiles and no further networks",
  },
];
