// How much of the resource of a flavor each project uses on the cluster, and how much of it there is.
import { readPools } from "../devices/devicePools.ts";
import type { ClusterView } from "../view/clusterView.ts";
import { modelOf } from "../view/deviceModels.ts";
import { CLAIMS, type NodeRecord } from "../view/records.ts";
import type { Flavor } from "./flavor.ts";

export interface FlavorUse {
  /** Project -> amount. Projects that use nothing are left out. */
  readonly byProject: ReadonlyMap<string, number>;
  readonly total: number;
}

/** Room that the view counts as used by a reservation is in use, too. */
function useOfFlavor(view: ClusterView, flavor: Flavor): FlavorUse {
  const { resource } = flavor;
  const counts = nodeTest(flavor);
  const byProject = new Map<string, number>();
  for (const { kind, nodes } of view.kinds()) {
    const each = kind.requests.get(resource) ?? 0;
    const { project } = kind.owner;
    if (each === 0 || project === "") continue;
    let pods = 0;
    for (const [name, count] of nodes) if (counts === undefined || counts(view.node(name))) pods += count;
    if (pods > 0) byProject.set(project, (byProject.get(project) ?? 0) + each * pods);
  }
  return { byProject, total: totalOf(view, flavor, counts) };
}

type NodeTest = (node: NodeRecord | undefined) => boolean;

/** `undefined` when every node counts. */
function nodeTest({ resource, models }: Flavor): NodeTest | undefined {
  if (models.length === 0) return undefined;
  return (node) => node !== undefined && models.includes(modelOf(node.labels, resource) ?? "");
}

function totalOf(view: ClusterView, { resource }: Flavor, counts: NodeTest | undefined): number {
  let total = 0;
  if (resource === CLAIMS) for (const devices of readPools(view.devices).onNode.values()) total += devices.length;
  else
    for (const node of view.nodes())
      if (counts === undefined || counts(node)) total += node.allocatable.get(resource) ?? 0;
  return total;
}

/** Counts again only after a change of the view. */
export function createUses(): (view: ClusterView, version: number) => (flavor: Flavor) => FlavorUse {
  let known: { readonly version: number; readonly found: Map<string, FlavorUse> } | undefined;
  return (view, version) => {
    if (known?.version !== version) known = { version, found: new Map() };
    const { found } = known;
    return (flavor) => {
      const use = found.get(flavor.name) ?? useOfFlavor(view, flavor);
      found.set(flavor.name, use);
      return use;
    };
  };
}
