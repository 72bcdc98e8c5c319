// Requests and limits as Kubernetes writes them, to ours.
import type { Path } from "../../model/pointer.ts";
import { put } from "../ledger.ts";
import { field, fieldsOf, type Spot } from "../rules.ts";
import { words } from "../words.ts";

const NAMES: Readonly<Record<string, string>> = {
  cpu: "cpu",
  memory: "memory",
  "ephemeral-storage": "ephemeralStorage",
};
const GPU = "nvidia.com/gpu";

export function resources(spot: Spot<unknown>, to: Path): void {
  amounts(field(spot, "requests"), to);
  amounts(field(spot, "limits"), [...to, "limits"]);
}

function amounts(spot: Spot<unknown> | undefined, to: Path): void {
  if (spot === undefined) return;
  for (const [name, amount] of fieldsOf(spot)) {
    const ours = NAMES[name];
    const { ledger } = spot.importing;
    if (ours !== undefined) put(ledger, { draft: spot.draft, path: [...to, ours] }, amount.value, amount.at);
    else if (name === GPU && to[1] === "resources")
      put(
        ledger,
        { draft: spot.draft, path: ["traits", "gpu", "count"] },
        Number(amount.value),
        amount.at,
        words("became the trait gpu", "改为特征 gpu"),
      );
  }
}
