// Runs the cluster's name server on the node's address. It forwards no queries, so names outside the cluster do not
// exist.
import { join } from "node:path";
import { ask } from "../api.ts";
import type { Built } from "../build.ts";
import { writeKubeconfig } from "../kubeconfig.ts";
import { addressesOf, folderOf } from "../layout.ts";
import { ensureRunning } from "../processes.ts";
import type { State } from "../state.ts";
import { writeIfChanged } from "../writeIfChanged.ts";
import { insideNamespaces } from "./namespaces.ts";

export async function ensureDns(state: State, built: Built): Promise<void> {
  const { node } = addressesOf(state.slot);
  // Two blocks are needed: in a single one, the template would answer before the plug-in kubernetes, regardless of
  // their order.
  const configuration = `cluster.local in-addr.arpa {
  bind ${node}
  errors
  ready ${node}:8181
  kubernetes {
    kubeconfig ${writeKubeconfig(state, "dns", "node")}
    pods insecure
    ttl 1
  }
}
. {
  bind ${node}
  template ANY ANY {
    rcode NXDOMAIN
  }
}
`;
  const file = join(folderOf(state.name), "node", "Corefile");
  writeIfChanged(file, configuration);
  await ensureRunning(state, {
    role: "coredns",
    command: [...insideNamespaces(state), built.program("coredns"), "-conf", file],
    configuration,
    ready: async () => (await ask(`http://${node}:8181/ready`)).status === 200,
  });
}
