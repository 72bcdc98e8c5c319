// The account with which the pods speak to the cluster and to the cloud: an existing one, or one of the component's
// own. No token is mounted unless the user asks for it, because most programs do not talk to the API server. What the
// account may do is set by the trait `rbac`.
import { z } from "zod";
import { brokenRule, type Problem } from "../../model/problems/problem.ts";
import { defineTrait } from "../define.ts";
import { nonEmpty } from "../parts/objects/onlyGiven.ts";
import { ownAccount } from "../parts/service/account.ts";
import { described, objectName } from "../sharedFields.ts";

const schema = z.strictObject({
  use: described(
    objectName().optional(),
    "Name of an existing ServiceAccount; default: a new one with the component's name",
    "已有 ServiceAccount 的名称；不写则创建与组件同名的账户",
  ),
  annotations: described(
    z.record(z.string().min(1), z.string()).optional(),
    "Annotations of the component's own account, e.g. a role of the cloud",
    "自建账户的注解，如云平台角色",
  ),
  pullSecrets: described(
    z.array(objectName()).min(1).optional(),
    "Secrets for private image registries",
    "私有镜像仓库凭据 Secret",
  ),
  token: described(z.boolean().optional(), "Mounts a token of the API server into the pods", "在 Pod 中挂载 API 令牌"),
});
type Account = z.output<typeof schema>;

export const serviceAccount = defineTrait({
  name: "serviceAccount",
  summary: { en: "The account that its pods run as", zh: "Pod 使用的服务账户" },
  schema,
  examples: [
    {
      title: { en: "An own account with a role of the cloud", zh: "带云角色的自建账户" },
      value: { annotations: { "example.com/role": "shop-reader" } },
    },
    {
      title: { en: "The default account of the namespace", zh: "使用默认账户" },
      value: { use: "default", token: true },
    },
  ],
  appliesTo: "pods",
  references: (data) => [
    ...(data.use === undefined || data.use === "default"
      ? []
      : [{ kind: "ServiceAccount" as const, name: data.use, path: ["use"] }]),
    ...(data.pullSecrets ?? []).map((name, index) => ({ kind: "Secret" as const, name, path: ["pullSecrets", index] })),
  ],
  check: checkAccount,
  render(data, _target, context) {
    const secrets = nonEmpty(data.pullSecrets)?.map((name) => ({ name }));
    const account = ownAccount(context.component, data.annotations);
    return {
      pod: {
        serviceAccountName: data.use ?? context.component,
        ...(data.token === undefined ? {} : { automountServiceAccountToken: data.token }),
        ...(secrets === undefined ? {} : { imagePullSecrets: secrets }),
      },
      objects: data.use === undefined ? [{ manifest: account }] : [],
    };
  },
});

function checkAccount(data: Account): readonly Problem[] {
  if (data.use === undefined || data.annotations === undefined) return [];
  const text = {
    en: "an account that exists keeps its own annotations: leave out use or annotations",
    zh: "已有账户的注解不会被修改：use 与 annotations 只能写一个",
  };
  return [brokenRule(["annotations"], text)];
}
