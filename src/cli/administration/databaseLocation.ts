// Where a store lies that no server has open.
import type { Options } from "../grammar/command.ts";

export const PLACE_OPTIONS = {
  data: {
    type: "text",
    value: "DIR",
    complete: "file",
    summary: { en: "folder of a server's store and key", zh: "服务器存储与密钥所在目录" },
  },
  database: {
    type: "text",
    value: "URL",
    summary: { en: "SQLite file or postgres:// address", zh: "SQLite 文件或 postgres:// 地址" },
  },
} as const satisfies Options;
