// kubemin restore: a backup into a store that is still empty, before a server is started on it.
import { resolve } from "node:path";
import { readBackup } from "../../administration/backupFile.ts";
import { PLACE_OPTIONS } from "../../administration/databaseLocation.ts";
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { printData } from "../../output/output.ts";

export const restoreCommand = defineCommand({
  name: "restore",
  summary: { en: "bring a backup into an empty store", zh: "把备份恢复到空的存储" },
  details: {
    en: "Into a new SQLite file or an empty PostgreSQL database, whichever the backup was taken from. All of it or nothing: a backup that is damaged, newer than this program, or sealed with another key than the one in the folder (or KUBEMIN_KEY) is refused. Put the vault.key there first; the backup holds none. What the clusters hold is not changed: runs that were unfinished go on when the server starts.",
    zh: "恢复到新的 SQLite 文件或空的 PostgreSQL 数据库，与备份来源无关。要么全部恢复，要么什么都不做：损坏的、比本程序更新的、或与目录中密钥（或 KUBEMIN_KEY）不符的备份会被拒绝。请先放入 vault.key，备份不含密钥。集群上的内容不变：服务器启动后，未完成的运行会继续。",
  },
  examples: [
    {
      line: "restore kubemin.backup --data /var/lib/kubemin",
      text: { en: "then: kubemin serve --data /var/lib/kubemin", zh: "之后：kubemin serve --data /var/lib/kubemin" },
    },
    {
      line: "restore kubemin.backup --database postgres://kubemin@db/kubemin",
      text: { en: "also from SQLite to PostgreSQL", zh: "也可从 SQLite 迁移到 PostgreSQL" },
    },
  ],
  arguments: [
    { name: "FILE", complete: "file", summary: { en: "made by kubemin backup", zh: "由 kubemin backup 生成" } },
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
    const text = { en: "{rows} rows of {at} are restored", zh: "已恢复 {at} 的 {rows} 行" };
    terminal.stderr.write(`${context.say(text, { rows: restored.rows, at: restored.at })}\n`);
    return EXIT.done.code;
  },
});
