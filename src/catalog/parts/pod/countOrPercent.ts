// A field that is a number of pods or a percentage of them.
import { z } from "zod";

export const share = () => z.union([z.int().min(0), z.string().regex(/^\d{1,3}%$/, "a percentage such as 25%")]);

export function isNothing(value: number | string): boolean {
  return Number.parseInt(String(value), 10) === 0;
}
