// What the program may do on the API server of its own cluster, within its own namespace: ServiceAccount, Role and
// RoleBinding of the component's name, and a mounted token. Cluster-wide roles are refused: a user who may deploy into
// a namespace must not reach beyond it.
import { z } from "zod";
import { brokenRule } from "../../model/problems/problem.ts";
import { defineTrait } from "../define.ts";
import { onlyGiven } from "../parts/objects/onlyGiven.ts";
import { ownAccount } from "../parts/service/account.ts";
import { described } from "../sharedFields.ts";

const VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "*"] as const;

const rule = z.strictObject({
  groups: described(
    z.array(z.string()).min(1).default([""]),
    'API groups; "" (the default) is the core group',
    'API 组；""（默认）为核心组',
  ),
  resources: described(
    z.array(z.string().min(1)).min(1),
    "Resources in plural, e.g. configmaps or pods/log",
    "资源复数名，如 configmaps、pods/log",
  ),
  names: described(z.array(z.string().min(1)).min(1).optional(), "Only objects of these names", "仅限这些名称的对象"),
  verbs: described(z.array(z.enum(VERBS)).min(1), "What may be done with them", "允许的操作"),
});

const schema = described(
  z.array(rule).min(1).max(100),
  "What the program may do in its namespace",
  "在命名空间内的权限",
);

/** Verbs that do not name a single object: a rule with names never allows them. */
const NAMELESS: readonly string[] = ["create", "deletecollection"];

export const rbac = defineTrait({
  name: "rbac",
  summary: { en: "What the program may do on the API server", zh: "程序访问 API Server 的权限" },
  schema,
  examples: [
    {
      title: { en: "Reads configuration, and holds a lease", zh: "读取配置并持有租约" },
      value: [
        { resources: ["configmaps"], verbs: ["get", "list", "watch"] },
        { groups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"] },
      ],
    },
  ],
  appliesTo: "pods",
  check: (rules) =>
    rules.flatMap(({ names, verbs }, index) => {
      const never = verbs.filter((verb) => NAMELESS.includes(verb));
      if (names === undefined || never.length === 0) return [];
      const text = {
        en: "{verbs} cannot be limited to names: write a separate rule for it",
        zh: "{verbs} 不能限定名称，请单独写一条规则",
      };
      return [brokenRule([index, "verbs"], text, { verbs: never.join(", ") })];
    }),
  render(rules, _target, context) {
    const name = context.component;
    const group = "rbac.authorization.k8s.io";
    const metadata = { name };
    const role = {
      apiVersion: `${group}/v1`,
      kind: "Role",
      metadata,
      rules: rules.map(({ groups, resources, names, verbs }) =>
        onlyGiven({ apiGroups: groups, resources, resourceNames: names, verbs }),
      ),
    };
    const binding = {
      apiVersion: `${group}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: group, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: context.namespace }],
    };
    return {
      pod: { serviceAccountName: name, automountServiceAccountToken: true },
      objects: [{ manifest: ownAccount(name) }, { manifest: role }, { manifest: binding }],
    };
  },
});
