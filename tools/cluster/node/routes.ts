// Fallback routes for the cluster's address ranges. Without them, a packet to a Service would follow the default route
// and leave the machine when the node does not run.
import { addressesOf } from "../layout.ts";
import { run, succeeds } from "../run.ts";

// A worse metric than any other route, so that these routes are used only when the cable is gone.
const lastResort = ["metric", "4096"];

const rangesOf = (slot: number): string[] => {
  const { node, pods, services } = addressesOf(slot);
  return [`${node}/32`, pods, services];
};

export async function ensureGuardRoutes(slot: number): Promise<void> {
  for (const range of rangesOf(slot)) await run("ip", ["route", "replace", "unreachable", range, ...lastResort]);
}

export async function removeGuardRoutes(slot: number): Promise<void> {
  for (const range of rangesOf(slot)) await succeeds("ip", ["route", "delete", "unreachable", range, ...lastResort]);
}
