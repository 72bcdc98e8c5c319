// Kinds that do nothing by themselves: roles, accounts, policies, configuration. They are ready when they exist.
// For a NetworkPolicy this does not mean that the network enforces it; src/kube/network/probeNetworkPolicy.ts tries
// that out.
import { type HealthFinding, ready } from "../finding.ts";

export function existenceStatus(): HealthFinding {
  return ready();
}
