// Installs the additional parts of a cluster: the storage class, the Gateway API and Traefik.
import { createHash } from "node:crypto";
import { applyObject, readObject } from "./api.ts";
import type { Built } from "./build.ts";
import { type State, writeState } from "./state.ts";
import { applyGateway, ensureTraefik, waitForGateway } from "./traefik.ts";
import { storageClass } from "./volumes.ts";
import { waitUntil } from "./wait.ts";

export async function applyStorageClass(state: State): Promise<void> {
  await once(state, "storage", JSON.stringify(storageClass), () =>
    applyObject(state, "/apis/storage.k8s.io/v1/storageclasses/standard", JSON.stringify(storageClass)),
  );
}

/** Definitions and objects are created first: Traefik would otherwise log errors until its next attempt. */
export async function ensureAddons(state: State, built: Built): Promise<void> {
  const definitions = built.files();
  await once(state, "gateway", JSON.stringify([definitions, state.ports]), async () => {
    await applyDefinitions(state, definitions);
    await applyGateway(state);
  });
  await ensureTraefik(state, built);
  await once(state, "programmed", JSON.stringify(state.ports), () => waitForGateway(state));
}

async function applyDefinitions(state: State, files: Record<string, string>): Promise<void> {
  const names = Object.keys(files).map((file) => file.replace(/^([^_]+)_(.+)\.yaml$/, "$2.$1"));
  const path = (name: string | undefined): string => `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
  await Promise.all(Object.values(files).map((text, index) => applyObject(state, path(names[index]), text)));
  const served = (): Promise<boolean> =>
    readObject(state, "/apis/gateway.networking.k8s.io/v1/namespaces/default/gateways").then(() => true);
  await waitUntil(served, { forWhat: "the Gateway API to be served", seconds: 30 });
}

/** Runs an action again only when its content changed. The mark for this is stored in the instance's state. */
async function once(state: State, mark: string, content: string, action: () => Promise<void>): Promise<void> {
  const fingerprint = createHash("sha256").update(content).digest("hex").slice(0, 16);
  if (state.done[mark] === fingerprint) return;
  await action();
  state.done[mark] = fingerprint;
  writeState(state);
}
