// Looks up a field under two spellings: `mountPath` and `mount_path`.
import { field, type InputPart } from "../mapping/rules.ts";

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function either<S>(spot: InputPart<S>, camel: string): InputPart<S> | undefined {
  return field(spot, camel) ?? field(spot, snake(camel));
}
