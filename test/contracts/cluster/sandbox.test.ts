// The cluster suite on the sandbox, at twenty times the speed that a user sees.

import { systemClock } from "../../../src/engine/systemClock.ts";
import { dig } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { mergeApply } from "../../../src/sandbox/objects/merge.ts";
import { createSandbox } from "../../../src/sandbox/sandbox.ts";
import { clusterContract } from "./suite.ts";

clusterContract("sandbox", async () => {
  const namespaces = ["suite", "suite-quota"];
  const cluster = createSandbox({ name: "sandbox", clock: systemClock, speed: 20, namespaces });
  return {
    cluster,
    namespace: "suite",
    quotaNamespace: "suite-quota",
    writes: async () => cluster.writes(),
    place: async (object) => cluster.place(object),
    edit: async (ref, change) => cluster.change(ref, (live) => mergeApply(live, {}, change) as Manifest), // a manifest with one more field is still a manifest
    editor: null,
    setQuota: async (namespace, hard) => cluster.setQuota(namespace, hard),
    secretValue: async (name, key) => {
      const ref = { apiVersion: "v1", kind: "Secret", namespace: "suite", name };
      return String(dig(await cluster.read(ref, AbortSignal.timeout(1_000)), "stringData", key));
    },
    devices: { resource: "nvidia.com/mig-1g.10gb", count: 7 },
    missingImage: "busybox:does-not-exist",
    opensSecrets: false,
    close: () => cluster.close(),
  };
});
