// The trait rbac of KubeMin-Cli becomes the trait rbac of kubemin: rules within the namespace. Names of accounts and
// roles are not taken, because kubemin names them after the component.
import { nextOf } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, DEFAULT_ALREADY, words } from "../mapping/reportWords.ts";
import { field, type InputPart, itemsOf, needless, onlyIf } from "../mapping/rules.ts";
import { either } from "./spelling.ts";

const CALLED = words("account, role and binding are named after the component", "账户、角色与绑定均以组件命名");
const CLUSTER_WIDE = advised(
  ["an application cannot get rights outside its namespace", "应用不能获得其命名空间以外的权限"],
  ["ask an operator to create the ClusterRole and its binding", "请由运维人员创建 ClusterRole 与绑定"],
);
const FIELDS = { apiGroups: "groups", resources: "resources", resourceNames: "names", verbs: "verbs" } as const;
const NAMES = ["serviceAccount", "serviceAccountName", "roleName", "bindingName", "namespace"];

export function rights(policy: InputPart<unknown>): void {
  for (const rule of itemsOf(field(policy, "rules") ?? { ...policy, value: [] })) {
    const to = nextOf(rule.draft, ["traits", "rbac"]);
    for (const [from, ours] of Object.entries(FIELDS)) {
      const given = either(rule, from);
      if (given) put(rule.importing.ledger, { draft: rule.draft, path: [...to, ours] }, given.value, given.at);
    }
  }
  for (const name of NAMES) {
    const given = either(policy, name);
    const target = { draft: policy.draft, path: ["traits", "rbac"] };
    if (given) say(policy.importing.ledger, given.at, "changed", CALLED, target);
  }
  const wide = either(policy, "clusterScope");
  if (wide) onlyIf((value) => value === false, DEFAULT_ALREADY, CLUSTER_WIDE)(wide);
  const create = either(policy, "serviceAccountCreate");
  if (create) needless(CALLED)(create);
}
