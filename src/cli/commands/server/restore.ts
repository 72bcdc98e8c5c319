// kubemin restore: restores a backup into an empty database before a server uses it. src/database/backup/ writes the
// rows.
import { resolve } from "node:path";
import { readBackup } from "../../administration/backupFile.ts";
import { PLACE_OPTIONS } from "../../administration/databaseLocation.ts";
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { printData } from "../../output/output.ts";

export const restoreCommand = defineCommand({
  name: "restore",
  summary: { en: "restore a backup into an empty database", zh: "把备份恢复到空的数据库" },
  details: {
    en: "Restores into a new SQLite file or an empty PostgreSQL database, no matter which of them the backup comes from. Either everything is restored or nothing: a backup is refused if it is damaged, newer than this program, or sealed with another key than the one in the folder (or KUBEMIN_KEY). Put the vault.key there first, because the backup contains no key. The objects on the clusters do not change; unfinished runs continue when the server starts.",
    zh: "恢复到新的 SQLite 文件或空的 PostgreSQL 数据库，与备份来自哪一种无关。要么全部恢复，要么什么都不做：损坏的、比本程序更新的、或与目录中主密钥（或 KUBEMIN_KEY）不符的备份会被拒绝。请先放入 vault.key，备份不含主密钥。集群上的对象不变；服务器启动后，未完成的运行会继续。",
  },
  examples: [
    {
      line: "restore kubemin.backup --data /var/lib/kubemin",
      text: { en: "then: kubemin serve --data /var/lib/kubemin", zh: "之后：kubemin serve --data /var/lib/kubemin" },
    },
    {
      line: "restore kubemin.backup --database postgres://kubemin@db/kubemin",
      text: { en: "also to move from SQLite to PostgreSQL", zh: "也可用于从 SQLite 迁移到 PostgreSQL" },
    },
  ],
  arguments: [
    {
      name: "FILE",
      complete: "file",
      summary: { en: "a file written by kubemin backup", zh: "由 kubemin backup 生成的文件" },
    },
  ],
  options: PLACE_OPTIONS,
  async run(context) {
    const { terminal, options } = context;
    const file = resolve(terminal.directory, context.arguments[0] ?? "");
    const place = {
      database: options.database,
      data: options.data === undefined ? undefined : resolve(terminal.directory, options.data),
    };
    const restored = await context.root.restore({ place, file, records: readBackup(file) });
    if (printData(context, restored)) return EXIT.done.code;
    const text = { en: "restored {rows} rows from {at}", zh: "已恢复 {at} 的 {rows} 行" };
    terminal.stderr.write(`${context.say(text, { rows: restored.rows, at: restored.at })}\n`);
    return EXIT.done.code;
  },
});
