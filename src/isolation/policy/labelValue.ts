// Turns any text into a valid label value. A text that is not valid is shortened and gets a hash of the whole text, so
// that two texts do not become the same value.
import { createHash } from "node:crypto";
import { LABEL_VALUE } from "../../model/kubernetes/name.ts";

const KEPT = 50;

export function labelValue(text: string): string {
  if (LABEL_VALUE.test(text)) return text;
  const word = text
    .replaceAll(/[^-A-Za-z0-9_.]+/g, "-")
    .slice(0, KEPT)
    .replaceAll(/^[-_.]+|[-_.]+$/g, "");
  return `${word === "" ? "x" : word}-${createHash("sha256").update(text).digest("hex").slice(0, 10)}`;
}
