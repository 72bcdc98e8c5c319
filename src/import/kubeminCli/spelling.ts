// Looks up a field under two spellings: `mountPath` and `mount_path`.
import { field, type InputPart } from "../mapping/rules.ts";

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function either<S>(part: InputPart<S>, camel: string): InputPart<S> | undefined {
  return field(part, camel) ?? field(part, snake(camel));
}
