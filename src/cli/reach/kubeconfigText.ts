// Prepares a kubeconfig for the server: only one context, with the contents of the files that it names, because the
// server cannot read files of this machine. Fails if neither the user nor the file names a context.
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { listAt, textAt } from "../../model/data/fieldReaders.ts";
import { isObject, type JsonObject } from "../../model/data/json.ts";
import type { Localized, Params } from "../../model/data/text.ts";
import type { CommandContext } from "../grammar/command.ts";
import { type Failure, usageFailure } from "../grammar/failure.ts";

export async function kubeconfigText(
  context: CommandContext,
  { file, contextName }: { readonly file: string | undefined; readonly contextName: string | undefined },
): Promise<string> {
  const { env, directory } = context.terminal;
  const first = env["KUBECONFIG"]?.split(delimiter).find((one) => one !== "");
  const path = resolve(directory, file ?? first ?? join(env["HOME"] ?? homedir(), ".kube", "config"));
  const config = parsed(path, await textOf(path));
  const name = contextName ?? textAt(config, "current-context");
  const chosen = entry(config, "contexts", name);
  if (chosen === undefined)
    throw refuse(
      { en: "{path} has no context {name}", zh: "{path} 中没有上下文 {name}" },
      { path, name: name || "-" },
      names(config),
    );
  const user = entry(config, "users", textAt(chosen, "context", "user"));
  const cluster = entry(config, "clusters", textAt(chosen, "context", "cluster"));
  const folder = dirname(path);
  const flat = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [chosen],
    clusters: cluster === undefined ? [] : [{ ...cluster, cluster: await inlined(folder, cluster["cluster"]) }],
    users: user === undefined ? [] : [{ ...user, user: await inlined(folder, user["user"]) }],
  };
  return JSON.stringify(flat);
}

function names(config: JsonObject): Localized {
  const known =
    listAt(config, "contexts")
      .map((one) => textAt(one, "name"))
      .join(", ") || "-";
  return { en: `name one with --context; the file has: ${known}`, zh: `请用 --context 指定；现有：${known}` };
}

function parsed(path: string, text: string): JsonObject {
  const bad = { en: "{path} is not a kubeconfig", zh: "{path} 不是 kubeconfig" };
  const advice = { en: "name another file with --kubeconfig", zh: "请用 --kubeconfig 指定其他文件" };
  try {
    const value: unknown = parse(text);
    if (isObject(value)) return value;
  } catch {
    // The parser's message is not shown: it quotes the text, which may contain a credential.
  }
  throw refuse(bad, { path }, advice);
}

function entry(config: JsonObject, list: string, name: string): JsonObject | undefined {
  return listAt(config, list).find((one) => textAt(one, "name") === name);
}

const FILES: readonly (readonly [field: string, data: string, encoding: "base64" | "utf8"])[] = [
  ["certificate-authority", "certificate-authority-data", "base64"],
  ["client-certificate", "client-certificate-data", "base64"],
  ["client-key", "client-key-data", "base64"],
  ["tokenFile", "token", "utf8"],
];

async function inlined(folder: string, value: unknown): Promise<JsonObject> {
  const result: Record<string, unknown> = isObject(value) ? { ...value } : {};
  for (const [field, data, encoding] of FILES) {
    const file = textAt(result, field);
    if (file === "") continue;
    delete result[field];
    // As in kubectl: data in the kubeconfig wins over a file, except that a token file wins over a token.
    if (textAt(result, data) !== "" && field !== "tokenFile") continue;
    const text = await textOf(resolve(folder, file));
    result[data] = encoding === "utf8" ? text.trim() : Buffer.from(text).toString("base64");
  }
  return result as JsonObject; // parsed from YAML, and texts
}

export async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw refuse(
      { en: "{path} cannot be read: {detail}", zh: "无法读取 {path}：{detail}" },
      { path, detail },
      { en: "check the path and its permissions", zh: "请检查路径与权限" },
    );
  }
}

function refuse(text: Localized, params: Params, advice: Localized): Failure {
  return usageFailure(text, advice, params);
}
