// The field that says how many nodes may use a volume at the same time.
import { z } from "zod";
import { described } from "../../sharedFields.ts";

export const accessModesField = described(
  z
    .array(z.enum(["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"]))
    .min(1)
    .optional(),
  "How many nodes may mount it; default: ReadWriteOnce",
  "可挂载的节点数，默认 ReadWriteOnce",
);
