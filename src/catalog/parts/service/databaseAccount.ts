// The account of a store that has users: the user name, the database, and where the password comes from. A document
// only names the password; its value stays in a Secret.
import { z } from "zod";
import type { JsonObject } from "../../../model/data/json.ts";
import { fill, type Params } from "../../../model/data/text.ts";
import { DATA_KEY } from "../../../model/kubernetes/name.ts";
import { brokenRule, type Problem, problem } from "../../../model/problems/problem.ts";
import type { Reference } from "../../define.ts";
import type { Preset } from "../../presets/preset.ts";
import { described, objectName } from "../../sharedFields.ts";

const ACCOUNT_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,31}$/;
const accountName = () => z.string().regex(ACCOUNT_NAME, "letters, digits, '_' and '-', at most 32");

export const accountFields = {
  user: described(
    accountName().optional(),
    "User that may sign in (presets with users)",
    "可登录的用户（仅限有用户的预设）",
  ),
  database: described(
    accountName().optional(),
    "Database that is created at the first start (presets with users)",
    "首次启动时创建的数据库（仅限有用户的预设）",
  ),
  password: described(
    z
      .strictObject({
        secret: described(
          objectName(),
          "A component of type secret, or an existing Secret",
          "secret 组件或已有 Secret 的名称",
        ),
        key: described(
          z.string().regex(DATA_KEY, "letters, digits, '-', '_' and '.'").default("password"),
          "Key in its data",
          "其中的键",
        ),
        external: described(
          z.boolean().optional(),
          "Something outside this document creates it, perhaps later",
          "由本文档之外创建，可能稍后才有",
        ),
      })
      .optional(),
    "Source of the password (presets with users); used at the first start only, later changes have no effect",
    "密码来源（仅限有用户的预设）；只在首次启动时使用，之后修改不生效",
  ),
};

const shape = z.strictObject(accountFields);
type AccountProperties = z.output<typeof shape>;

export interface AccountNames {
  readonly user: string;
  readonly database: string;
}

export function accountNames(properties: AccountProperties, preset: Preset | undefined): AccountNames | undefined {
  if (preset?.account === undefined) return undefined;
  const { user, database } = preset.account;
  return { user: properties.user ?? user, database: properties.database ?? database };
}

export function checkAccount(properties: AccountProperties, preset: Preset | undefined): readonly Problem[] {
  if (preset?.account !== undefined)
    return properties.password === undefined ? [problem("Required", [], { field: "password" })] : [];
  const given = (["user", "database", "password"] as const).filter((field) => properties[field] !== undefined);
  return given.map((field) =>
    brokenRule(
      [field],
      {
        en: "only presets with users take {field}; set it with the trait env instead",
        zh: "只有带用户的预设支持 {field}；请改用 env 特征",
      },
      { field },
    ),
  );
}

export function accountReferences({ password }: AccountProperties): readonly Reference[] {
  if (password === undefined) return [];
  const { secret: name, key, external } = password;
  const keys = [{ key, path: ["password", "key"] }];
  return [
    { kind: "Secret", name, keys, path: ["password", "secret"], ...(external === undefined ? {} : { external }) },
  ];
}

/** `values` contains the values of the placeholders in the preset's texts. */
export function accountEnv(
  properties: AccountProperties,
  preset: Preset | undefined,
  values: Params,
): readonly JsonObject[] {
  const { account } = preset ?? {};
  const { password } = properties;
  if (account === undefined || password === undefined) return [];
  const own = values["user"] === account.user ? undefined : account.ownUser;
  const valueFrom = { secretKeyRef: { name: password.secret, key: password.key } };
  return [
    ...Object.entries({ ...account.env, ...own?.env }).map(([name, text]) => ({ name, value: fill(text, values) })),
    ...[...account.passwordEnv, ...(own?.passwordEnv ?? [])].map((name) => ({ name, valueFrom })),
  ];
}
