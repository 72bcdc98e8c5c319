// kubemin token: lists, adds and removes the tokens with which users call the server. A token is shown once, when it is
// created; the server stores only its hash.
import type { AnswerOf, Client } from "../../../api/client.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { Failure, usageFailure } from "../../grammar/failure.ts";
import { printData, printListing } from "../../output/output.ts";
import { connect } from "../../reach/connect.ts";

const NO_TOKEN = {
  code: "NotFound",
  exit: EXIT.notFound.code,
  text: { en: "there is no token {name}", zh: "没有令牌 {name}" },
  advice: { en: "see: kubemin token list", zh: "参见：kubemin token list" },
} as const;
type Role = "read" | "write" | "admin";

export const tokenCommand = defineCommand({
  name: "token",
  summary: { en: "list, add and remove tokens", zh: "查看、新建和删除令牌" },
  examples: [
    {
      line: "token add ci --role write --expires 90d",
      text: { en: "prints the token; it is shown only once", zh: "输出令牌，只显示这一次" },
    },
    { line: "token remove ci", text: { en: "by name or id; takes effect immediately", zh: "按名称或编号，立即生效" } },
  ],
  arguments: [
    {
      name: "list|add|remove",
      optional: true,
      choices: ["list", "add", "remove"],
      summary: { en: "default: list", zh: "默认：list" },
    },
    {
      name: "NAME",
      optional: true,
      summary: { en: "name of the token; remove also accepts its id", zh: "令牌名称；remove 也可用编号" },
    },
  ],
  options: {
    role: {
      type: "text",
      value: "ROLE",
      choices: ["read", "write", "admin"],
      summary: { en: "role of a new token (default: read)", zh: "新令牌的角色（默认 read）" },
    },
    "all-projects": {
      type: "flag",
      summary: {
        en: "valid for all projects, not only for --project",
        zh: "对所有项目有效，不限于 --project 指定的项目",
      },
    },
    expires: {
      type: "text",
      value: "DURATION",
      summary: {
        en: "lifetime of a new token, e.g. 90d (default: it never expires)",
        zh: "有效期，如 90d（默认不过期）",
      },
    },
  },
  async run(context) {
    const client = connect(context);
    const [action = "list", name] = context.arguments;
    if (action === "list") return await listTokens(context, client);
    if (name === undefined)
      throw usageFailure(
        { en: "kubemin token {action} needs a NAME", zh: "kubemin token {action} 缺少名称" },
        { en: "see: kubemin token --help", zh: "参见：kubemin token --help" },
        { action },
      );
    if (action === "remove") return await removeToken(context, client, name);
    const { role = "read", expires } = context.options;
    const project = context.options["all-projects"] ? "*" : context.globals.project;
    const token = await client.call("addToken", {
      body: { name, project, role: role as Role, ...(expires === undefined ? {} : { expiresIn: expires }) }, // role: one of its choices
    });
    printToken(context, token);
    return EXIT.done.code;
  },
});

function printToken(context: CommandContext, token: AnswerOf<"addToken">): void {
  if (printData(context, token)) return;
  context.terminal.stdout.write(`${token.token}\n`);
  const text = {
    en: "token {name}: {role} in {project}. It is shown only once; keep it safe, and use it as KUBEMIN_TOKEN",
    zh: "令牌 {name}：在 {project} 中为 {role}。只显示这一次，请妥善保存，通过 KUBEMIN_TOKEN 使用",
  };
  context.terminal.stderr.write(
    `${context.say(text, { name: token.name, role: token.role, project: token.project })}\n`,
  );
}

async function listTokens(context: CommandContext, client: Client): Promise<number> {
  const data = await client.call("listTokens", {});
  printListing(context, {
    rows: data.items,
    columns: [
      { header: { en: "name", zh: "名称" }, cell: (row) => row.name },
      { header: { en: "role", zh: "角色" }, cell: (row) => row.role },
      { header: { en: "project", zh: "项目" }, cell: (row) => row.project },
      { header: { en: "created", zh: "创建" }, cell: (row) => row.createdAt },
      {
        header: { en: "expires", zh: "过期" },
        cell: (row) => row.expiresAt ?? context.say({ en: "never", zh: "从不" }),
        raw: (row) => row.expiresAt ?? "",
      },
      { header: { en: "created by", zh: "创建者" }, wide: true, cell: (row) => row.madeBy ?? "" },
      { header: { en: "id", zh: "编号" }, cell: (row) => row.id },
    ],
    name: (row) => row.id,
    data,
    empty: { en: "no tokens", zh: "没有令牌" },
  });
  return EXIT.done.code;
}

async function removeToken(context: CommandContext, client: Client, name: string): Promise<number> {
  const { items } = await client.call("listTokens", {});
  const named = items.filter((one) => one.id === name || one.name === name);
  const [found] = named;
  if (found === undefined) throw new Failure(NO_TOKEN, { name });
  if (named.length > 1)
    throw usageFailure(
      { en: "{count} tokens have the name {name}", zh: "有 {count} 个令牌名为 {name}" },
      { en: "remove one by its id: {ids}", zh: "请按编号删除：{ids}" },
      { count: named.length, name, ids: named.map((one) => one.id).join(", ") },
    );
  await client.call("removeToken", { params: { token: found.id } });
  context.terminal.stderr.write(
    `${context.say({ en: "token {name} is revoked", zh: "令牌 {name} 已吊销" }, { name: found.name })}\n`,
  );
  return EXIT.done.code;
}
