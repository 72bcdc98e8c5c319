// As whom the pods speak to the cluster and to the cloud: an account that exists, or one of the component's own.
// No token is mounted unless asked for: a program that does not talk to the API server needs none. What it may do is the trait `rbac`'s business.
import { z } from "zod";
import { brokenRule, type Problem } from "../../model/problems/problem.ts";
import { defineTrait } from "../define.ts";
import { nonEmpty } from "../parts/objects/onlyGiven.ts";
import { ownAccount } from "../parts/service/account.ts";
import { described, objectName } from "../sharedFields.ts";

const schema = z.strictObject({
  use: described(
    objectName().optional(),
    "A ServiceAccount that exists; without it the component gets one of its own name",
    "使用已有的 ServiceAccount；不写则创建与组件同名的账户",
  ),
  annotations: described(
    z.record(z.string().min(1), z.string()).optional(),
    "Annotations of the own account, e.g. a role of the cloud",
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
    { title: { en: "The account that every pod has", zh: "使用默认账户" }, value: { use: "default", token: true } },
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
