// kubemin backup: writes everything that the server stores into one file, as it is at one moment, while the server
// runs. The file does not contain the key. The records come from src/database/backup/.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { writeBackup } from "../../administration/backupFile.ts";
import { PLACE_OPTIONS } from "../../administration/databaseLocation.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { printData } from "../../output/output.ts";
import { connect } from "../../reach/connect.ts";

export const backupCommand = defineCommand({
  name: "backup",
  summary: { en: "write everything that the server stores into a file", zh: "把服务器保存的全部内容写入文件" },
  details: {
    en: "Requests the backup from the running server, which keeps working; this needs a token with the role admin for all projects. With --data or --database, the database is read without a server. The file does not contain the key (vault.key, or KUBEMIN_KEY): keep the key in another place, because no sealed value can be opened without it. The file does not contain the objects on the clusters either.",
    zh: "向运行中的服务器请求备份，服务器不受影响；需要对所有项目具有 admin 角色的令牌。带 --data 或 --database 时直接读取数据库，不需要服务器。文件不含主密钥（vault.key 或 KUBEMIN_KEY）：请另行保管，没有它就无法解开加密的值。集群上的对象也不在文件中。",
  },
  examples: [
    { line: "backup kubemin.backup", text: { en: "back up the running server", zh: "备份运行中的服务器" } },
    {
      line: "backup kubemin.backup --data /var/lib/kubemin",
      text: { en: "back up a folder while no server uses it", zh: "在没有服务器使用该目录时备份" },
    },
  ],
  arguments: [
    { name: "FILE", complete: "file", summary: { en: "a new file, in gzip format", zh: "新文件，gzip 格式" } },
  ],
  options: PLACE_OPTIONS,
  async run(context) {
    const { terminal, options } = context;
    const file = resolve(terminal.directory, context.arguments[0] ?? "");
    const direct = options.data !== undefined || options.database !== undefined;
    const rows = await writeBackup(
      file,
      direct && !existsSync(file) ? context.root.backup(options) : fromServer(context),
    );
    if (printData(context, { file, rows })) return EXIT.done.code;
    terminal.stdout.write(`${file}\n`);
    const text = {
      en: "{rows} rows; the file does not contain the key: keep vault.key (or KUBEMIN_KEY) in another safe place",
      zh: "共 {rows} 行；文件不含主密钥：请把 vault.key（或 KUBEMIN_KEY）另存于安全之处",
    };
    terminal.stderr.write(`${context.say(text, { rows })}\n`);
    return EXIT.done.code;
  },
});

async function* fromServer(context: CommandContext): AsyncIterable<unknown> {
  const interrupted = new AbortController();
  const forget = context.terminal.onInterrupt(() => interrupted.abort());
  try {
    for await (const { data } of connect(context).stream("downloadBackup", {}, interrupted.signal)) yield data;
  } finally {
    forget();
  }
}
