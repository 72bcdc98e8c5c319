// Reads bigint columns of PostgreSQL as numbers. They count rows, so they stay far below 2^53.
import { type CustomTypesConfig, types } from "pg";

export const NUMBERS: CustomTypesConfig = {
  getTypeParser: (type, format) => (type === types.builtins.INT8 ? Number : types.getTypeParser(type, format)),
};
