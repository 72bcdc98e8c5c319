// Reads a revision, and compares two revisions of an application object by object.

import { listed } from "../../model/data/text.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import type { ClusterFacts, ObjectChange } from "../../model/run/plan.ts";
import type { Revision } from "../../model/run/revision.ts";
import { comparePlans } from "../../plan/compare/compare.ts";
import type { Dependencies } from "../contract/dependencies.ts";
import type { ApplicationKey } from "../contract/requests.ts";
import { knownApplication } from "./deleteApplication.ts";

export async function knownRevision(
  { store }: Dependencies<"store">,
  key: ApplicationKey,
  number: number,
): Promise<Revision> {
  const revision = await store.applications.revision(key.project, key.application, number);
  if (revision !== null) return revision;
  const { items } = await store.applications.revisions(key.project, key.application, { limit: 20 });
  throw new PlatformError("NotFound", {
    what: "revision",
    name: number,
    known: listed(items.map((one) => one.number)),
  });
}

/** The comparison of two stored revisions does not depend on the facts of a cluster. */
const NO_FACTS: ClusterFacts = {
  name: "",
  kind: "sandbox",
  version: "",
  kinds: [],
  ingressClasses: [],
  gateways: [],
  storageClasses: [],
};

/** The objects that differ between two revisions of an application. Throws NotFound. */
export async function diffRevisions(
  dependencies: Dependencies<"store">,
  request: ApplicationKey & { readonly from: number; readonly to: number },
): Promise<readonly ObjectChange[]> {
  await knownApplication(dependencies, request);
  const [from, to] = await Promise.all([
    knownRevision(dependencies, request, request.from),
    knownRevision(dependencies, request, request.to),
  ]);
  return changesBetween(from, to);
}

export function changesBetween(from: Revision, to: Revision): readonly ObjectChange[] {
  const { changes } = comparePlans({
    jobs: to.plan.jobs,
    previous: from.plan.jobs,
    owned: [],
    facts: NO_FACTS,
    pointerOf: () => "",
  });
  return changes.filter((change) => change.action !== "unchanged");
}
