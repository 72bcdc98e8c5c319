// Errors about a server that does not start or cannot write, and about a backup that is not taken or not restored. Rows
// of the table of errors. A start that fails changes nothing and leaves no file or lock.
import type { ErrorRow } from "./errorRow.ts";

export const START_ERRORS = {
  DatabaseAddress: {
    status: 400,
    exit: 2,
    who: "you",
    text: { en: "{address} is not the address of a database", zh: "{address} 不是数据库地址" },
    advice: {
      en: "--database takes a file, or postgres://USER:PASSWORD@HOST:PORT/DATABASE",
      zh: "--database 可以是文件，或 postgres://用户:密码@主机:端口/数据库",
    },
  },
  DatabaseUnreachable: {
    status: 503,
    exit: 1,
    who: "operator",
    text: {
      en: "the PostgreSQL database {database} cannot be used: {detail}",
      zh: "无法使用 PostgreSQL 数据库 {database}：{detail}",
    },
    advice: {
      en: "check that the database runs, that this machine can reach it, and that user, password and database name are right",
      zh: "请检查数据库是否运行、本机能否连接，以及用户、密码与数据库名",
    },
  },
  DatabaseNewer: {
    status: 409,
    exit: 1,
    who: "operator",
    text: {
      en: "the database was written by a newer kubemin: it has the schema change {change}, this program knows up to {known}",
      zh: "数据库由更新版本的 kubemin 写入：包含结构变更 {change}，本程序只支持到 {known}",
    },
    advice: {
      en: "nothing was changed; start the newer version, or restore a backup from before the upgrade",
      zh: "没有做任何更改；请启动新版本，或恢复升级前的备份",
    },
  },
  DatabaseInUse: {
    status: 409,
    exit: 6,
    who: "operator",
    text: {
      en: "the database {file} is already in use by another kubemin process",
      zh: "数据库 {file} 正被另一个 kubemin 进程使用",
    },
    advice: {
      en: "stop that one, start this one with another --data or --database, or use PostgreSQL, which many processes share",
      zh: "请停止该进程，或为本进程指定其他 --data 或 --database，或使用可多进程共享的 PostgreSQL",
    },
  },
  DatabaseUnusable: {
    status: 500,
    exit: 1,
    who: "operator",
    text: { en: "the database {file} cannot be used: {detail}", zh: "无法使用数据库 {file}：{detail}" },
    advice: {
      en: "check the file, its folder and the disk; kubemin restore restores a backup into a new file",
      zh: "请检查文件、所在目录与磁盘；kubemin restore 可将备份恢复到新文件",
    },
  },
  DatabaseFull: {
    status: 507,
    exit: 1,
    who: "operator",
    text: {
      en: "nothing was started or changed: the disk with the database {file} is full",
      zh: "没有启动或更改任何内容：数据库 {file} 所在的磁盘已满",
    },
    advice: {
      en: "free some space on that disk, then try again; the runs that were accepted before go on by themselves",
      zh: "请在该磁盘上腾出空间后重试；之前已接受的运行会自行继续",
    },
  },
  OtherKey: {
    status: 409,
    exit: 1,
    who: "operator",
    text: {
      en: "the values in {what} were sealed with another key than that of {origin}",
      zh: "{what} 中的值是用另一个主密钥加密的，与 {origin} 的主密钥不同",
    },
    advice: {
      en: "restore the vault.key that belongs to it, or set KUBEMIN_KEY; nothing was changed",
      zh: "请恢复对应的 vault.key，或设置 KUBEMIN_KEY；没有做任何更改",
    },
  },
  KeyInvalid: {
    status: 400,
    exit: 2,
    who: "operator",
    text: {
      en: "{origin} does not contain a vault key: 64 hex digits are needed",
      zh: "{origin} 不是主密钥：需要 64 位十六进制数",
    },
    advice: {
      en: "restore the right key; a new one (openssl rand -hex 32) cannot decrypt what was sealed before",
      zh: "请恢复正确的主密钥；新的主密钥（openssl rand -hex 32）无法解开此前加密的内容",
    },
  },
  AdminTokenInvalid: {
    status: 400,
    exit: 2,
    who: "operator",
    text: { en: "KUBEMIN_ADMIN_TOKEN is not a token", zh: "KUBEMIN_ADMIN_TOKEN 不是令牌" },
    advice: {
      en: "a token is kubemin_ followed by 43 characters of base64url (32 random bytes); nothing was started",
      zh: "应为 kubemin_ 加 43 个 base64url 字符（32 字节随机数）；没有启动任何内容",
    },
  },
  FolderUnusable: {
    status: 500,
    exit: 1,
    who: "operator",
    text: { en: "the folder {folder} cannot be written: {detail}", zh: "目录 {folder} 不可写：{detail}" },
    advice: {
      en: "check its permissions and the disk, or name another with --data",
      zh: "请检查权限与磁盘，或用 --data 指定其他目录",
    },
  },
  BackupUnusable: {
    status: 422,
    exit: 2,
    who: "operator",
    text: { en: "{file} is not a complete backup: {detail}", zh: "{file} 不是完整的备份：{detail}" },
    advice: { en: "nothing was restored; use another backup", zh: "没有恢复任何内容；请使用其他备份" },
  },
  BackupNewer: {
    status: 409,
    exit: 1,
    who: "operator",
    text: {
      en: "the backup was taken by a newer kubemin ({version}): it has the schema change {change}",
      zh: "备份由更新版本的 kubemin（{version}）生成：包含结构变更 {change}",
    },
    advice: { en: "nothing was restored; restore it with that version", zh: "没有恢复任何内容；请用该版本恢复" },
  },
  RestoreTargetUsed: {
    status: 409,
    exit: 6,
    who: "operator",
    text: { en: "{database} is not empty: it has {what}", zh: "{database} 不为空：已有 {what}" },
    advice: {
      en: "nothing was changed; restore into a new file or a new database, then start the server with it",
      zh: "没有做任何更改；请恢复到新文件或新数据库，再用它启动服务器",
    },
  },
  KeyMissing: {
    status: 409,
    exit: 1,
    who: "operator",
    text: {
      en: "there is no key in {folder}, and the backup contains none",
      zh: "{folder} 中没有主密钥，备份也不包含主密钥",
    },
    advice: {
      en: "put the vault.key of that installation there first, or set KUBEMIN_KEY; nothing was restored",
      zh: "请先放入该安装的 vault.key，或设置 KUBEMIN_KEY；没有恢复任何内容",
    },
  },
} as const satisfies Record<string, ErrorRow>;
