// The options that name a database which no server has open: for `kubemin backup` and `kubemin restore`.
import type { Options } from "../grammar/command.ts";

export const PLACE_OPTIONS = {
  data: {
    type: "text",
    value: "DIR",
    complete: "file",
    summary: { en: "folder with a server's database and key", zh: "服务器的数据库与主密钥所在目录" },
  },
  database: {
    type: "text",
    value: "URL",
    summary: { en: "SQLite file or postgres:// address", zh: "SQLite 文件或 postgres:// 地址" },
  },
} as const satisfies Options;
