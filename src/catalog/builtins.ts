// The built-in definitions: this list is the support matrix.
import type { Pack } from "./catalog.ts";

export const builtins: Pack = { name: "kubemin" };
