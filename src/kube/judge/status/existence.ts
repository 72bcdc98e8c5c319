// Kinds that do nothing by themselves: roles, accounts, policies, configuration. To exist is all that they can do.
// A NetworkPolicy says nothing about whether the cluster's network enforces it, and so do we.
import { type Finding, ready } from "../finding.ts";

export function existenceStatus(): Finding {
  return ready();
}
