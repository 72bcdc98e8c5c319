// How values of PostgreSQL are read: bigint as a number, because ours count rows, far below 2^53.
import { type CustomTypesConfig, types } from "pg";

export const NUMBERS: CustomTypesConfig = {
  getTypeParser: (type, format) => (type === types.builtins.INT8 ? Number : types.getTypeParser(type, format)),
};
