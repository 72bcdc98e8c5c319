// What the processes of the pods may do on their node. The profiles are those of the Pod Security Standards:
// https://kubernetes.io/docs/concepts/security/pod-security-standards/ (what is checked here is the text of that page
// for 1.36). Privileged containers and host namespaces cannot be asked for: they are an operator's decision, not an
// application's.
import { z } from "zod";
import type { JsonObject } from "../../model/data/json.ts";
import { brokenRule, type Problem, problem } from "../../model/problems/problem.ts";
import { defineTrait } from "../define.ts";
import { nonEmpty, onlyGiven } from "../parts/objects/onlyGiven.ts";
import { described } from "../sharedFields.ts";

/**
 * The user `nobody` of distroless images, which owns nothing. Most images would run as root, which `restricted`
 * forbids.
 */
const NOBODY = 65_532;
const id = () => z.int().min(0).max(2_147_483_647);
const capability = () => z.string().regex(/^[A-Z][A-Z_]+$/, "a capability such as NET_BIND_SERVICE");

const schema = z.strictObject({
  profile: described(
    z.enum(["restricted", "baseline", "none"]).default("restricted"),
    "restricted: no root, no privileges · baseline: the runtime's usual filter · none: only what is written here",
    "restricted 非 root 且无特权；baseline 使用运行时默认过滤；none 仅应用所写字段",
  ),
  runAsUser: described(
    z.union([id(), z.literal("image")]).optional(),
    'Numeric user; "image": the user that the image names; default with restricted: 65532',
    '数字用户 ID；"image" 使用镜像自带用户；restricted 默认 65532',
  ),
  runAsGroup: described(id().optional(), "Numeric group", "数字组 ID"),
  fsGroup: described(id().optional(), "Group that owns mounted volumes", "挂载卷所属的组"),
  supplementalGroups: described(z.array(id()).min(1).optional(), "Additional groups", "附加组"),
  readOnlyRootFilesystem: described(z.boolean().optional(), "Nothing can be written outside volumes", "除存储卷外只读"),
  capabilities: described(
    z
      .strictObject({
        add: described(z.array(capability()).min(1).optional(), "Capabilities that are added", "增加的能力"),
        drop: described(
          z.array(capability()).min(1).optional(),
          "Capabilities that are dropped; restricted drops ALL",
          "去掉的能力，restricted 默认 ALL",
        ),
      })
      .optional(),
    "Linux capabilities",
    "Linux 能力",
  ),
});
type Security = z.output<typeof schema>;

/** Capabilities that each standard lets a container add. */
const ADDABLE: Readonly<Record<Security["profile"], readonly string[]>> = {
  restricted: ["NET_BIND_SERVICE"],
  baseline: [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
  ],
  none: [],
};

export const security = defineTrait({
  name: "security",
  summary: { en: "What its processes may do on their node", zh: "进程在节点上的权限" },
  schema,
  examples: [
    { title: { en: "As little as possible", zh: "最小权限" }, value: { profile: "restricted" } },
    {
      title: { en: "A given user that owns the volumes", zh: "指定用户并拥有存储卷" },
      value: { profile: "restricted", runAsUser: 999, runAsGroup: 999, fsGroup: 999, readOnlyRootFilesystem: true },
    },
  ],
  appliesTo: "pods",
  check: (data) => [...checkUser(data), ...checkCapabilities(data)],
  render: (data) => ({
    pod: { securityContext: podContext(data) },
    everyContainer: { securityContext: containerContext(data) },
  }),
});

function checkUser({ profile, runAsUser }: Security): readonly Problem[] {
  if (profile !== "restricted" || runAsUser !== 0) return [];
  const text = { en: "restricted does not run as root (user 0)", zh: "restricted 不允许以 root（用户 0）运行" };
  return [brokenRule(["runAsUser"], text)];
}

function checkCapabilities({ profile, capabilities }: Security): readonly Problem[] {
  if (profile === "none") return [];
  const allowed = ADDABLE[profile];
  return (capabilities?.add ?? []).flatMap((name, index) => {
    if (allowed.includes(name)) return [];
    return [problem("NotOneOf", ["capabilities", "add", index], { value: name, known: allowed.join(", ") })];
  });
}

function podContext(data: Security): JsonObject {
  const restricted = data.profile === "restricted";
  const user = data.runAsUser ?? (restricted ? NOBODY : "image");
  return onlyGiven({
    runAsNonRoot: restricted ? true : undefined,
    runAsUser: user === "image" ? undefined : user,
    runAsGroup: data.runAsGroup ?? (user === NOBODY ? NOBODY : undefined),
    fsGroup: data.fsGroup,
    // With OnRootMismatch, the files of a large volume are not walked through at every start when its root already
    // belongs to the group.
    fsGroupChangePolicy: data.fsGroup === undefined ? undefined : "OnRootMismatch",
    supplementalGroups: nonEmpty(data.supplementalGroups),
    seccompProfile: data.profile === "none" ? undefined : { type: "RuntimeDefault" },
  });
}

function containerContext(data: Security): JsonObject {
  const restricted = data.profile === "restricted";
  const drop = restricted ? ["ALL"] : data.capabilities?.drop;
  const capabilities = onlyGiven({ add: nonEmpty(data.capabilities?.add), drop: nonEmpty(drop) });
  return onlyGiven({
    allowPrivilegeEscalation: restricted ? false : undefined,
    readOnlyRootFilesystem: data.readOnlyRootFilesystem,
    capabilities: Object.keys(capabilities).length === 0 ? undefined : capabilities,
  });
}
