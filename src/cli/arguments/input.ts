// Reads a document from a file, or from standard input if the name is `-`.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { dig } from "../../model/data/json.ts";
import { LIMITS } from "../../model/document/document.ts";
import type { CommandContext } from "../grammar/command.ts";
import { usageFailure } from "../grammar/failure.ts";
import type { SourceText } from "../output/problems.ts";

export async function readSource(context: CommandContext, file: string): Promise<SourceText> {
  const text = file === "-" ? await context.terminal.readInput() : await readText(context, file);
  const bytes = Buffer.byteLength(text);
  if (bytes > LIMITS.documentBytes)
    throw usageFailure(
      { en: "{file} has {bytes} bytes; the limit is {limit}", zh: "{file} 有 {bytes} 字节，上限为 {limit}" },
      { en: "put large files into a volume or an image", zh: "请把大文件放到存储卷或镜像里" },
      { file, bytes, limit: LIMITS.documentBytes },
    );
  return { file: file === "-" ? "<stdin>" : file, text };
}

async function readText(context: CommandContext, file: string): Promise<string> {
  try {
    const bytes = await readFile(resolve(context.terminal.directory, file));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (dig(error, "code") === "ERR_ENCODING_INVALID_ENCODED_DATA")
      throw usageFailure(
        { en: "{file} is not UTF-8 text", zh: "{file} 不是 UTF-8 文本" },
        { en: "save it as UTF-8", zh: "请另存为 UTF-8" },
        { file },
      );
    const missing = dig(error, "code") === "ENOENT";
    throw usageFailure(
      missing
        ? { en: "there is no file {file}", zh: "没有文件 {file}" }
        : { en: "{file} cannot be read: {detail}", zh: "无法读取 {file}：{detail}" },
      missing
        ? { en: "create one with: kubemin init", zh: "可用 kubemin init 新建一个" }
        : { en: "check its path and permissions", zh: "请检查路径与权限" },
      { file, detail: error instanceof Error ? error.message : String(error) },
    );
  }
}
