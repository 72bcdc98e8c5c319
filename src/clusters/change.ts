// Adds, changes and removes registered clusters. A cluster is called before it is stored: if it does not answer or does
// not accept the credential, the request fails with that reason.

import type { JsonObject } from "../model/data/json.ts";
import { PlatformError } from "../model/errors/errors.ts";
import type { Clock } from "../ports/clock.ts";
import { ClusterError } from "../ports/cluster.ts";
import type {
  CallerContext,
  ClusterChange,
  ClusterSettings,
  GivenCluster,
  Introduction,
  RegisteredCluster,
} from "../ports/clusterRegistry.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";
import type { Opener } from "./opener.ts";
import { sealTarget } from "./sealing.ts";

export interface Registrar {
  readonly store: Pick<Store, "clusters">;
  readonly vault: Vault;
  readonly opener: Opener;
  readonly clock: Pick<Clock, "now">;
  /** Reads the stored clusters into this process. */
  readonly load: () => Promise<void>;
  /**
   * The cluster as this process knows it: "fixed" when the server was started with it, `undefined` when it is unknown.
   */
  readonly stateOf: (name: string) => "fixed" | RegisteredCluster | undefined;
}

/** Default for the number of calls that a process makes to one API server at the same time. */
const CALLS = 16;

interface New {
  readonly name: string;
  readonly given: GivenCluster;
}

export async function addCluster(
  registrar: Registrar,
  { name, given }: New,
  { projects = [], calls = CALLS, actor, signal }: ClusterSettings & CallerContext,
): Promise<RegisteredCluster> {
  if (registrar.stateOf(name) !== undefined) throw new PlatformError("ClusterKnown", { cluster: name });
  const { target, way } = registrar.opener.read(name, given);
  const { user, uid } = await introduced(registrar, { name, target, signal });
  const now = registrar.clock.now().toISOString();
  const cluster: RegisteredCluster = {
    name,
    way,
    user,
    uid,
    target: sealTarget(registrar.vault, target),
    projects: unique(projects),
    calls,
    generation: 1,
    createdAt: now,
    updatedAt: now,
    actor,
  };
  if (!(await registrar.store.clusters.add(cluster))) throw new PlatformError("ClusterKnown", { cluster: name });
  await registrar.load();
  return cluster;
}

export async function updateCluster(
  registrar: Registrar,
  { name, change }: { readonly name: string; readonly change: ClusterChange },
  { actor, signal }: CallerContext,
): Promise<RegisteredCluster> {
  const before = await registeredOf(registrar, name);
  if (change.expected !== undefined && change.expected !== before.generation)
    throw stale(name, before.generation, change.expected);
  const reached =
    change.given === undefined ? {} : await reachedAnew(registrar, { before, given: change.given, signal });
  const next: RegisteredCluster = {
    ...before,
    ...reached,
    projects: change.projects === undefined ? before.projects : unique(change.projects),
    calls: change.calls ?? before.calls,
    generation: before.generation + 1,
    updatedAt: registrar.clock.now().toISOString(),
    actor,
  };
  if (!(await registrar.store.clusters.update(next))) throw stale(name, before.generation + 1, before.generation);
  await registrar.load();
  return next;
}

export async function removeCluster(
  registrar: Registrar,
  name: string,
  { forget, actor }: { readonly forget: boolean } & CallerContext,
): Promise<void> {
  await registeredOf(registrar, name);
  const removal = await registrar.store.clusters.remove(name, { forget, actor });
  if (removal.outcome === "used")
    throw new PlatformError("ClusterInUse", {
      cluster: name,
      applications: removal.count,
      names: removal.applications.join(", ") || "-",
      runs: removal.runs,
    });
  await registrar.load();
}

async function registeredOf({ store, stateOf, load }: Registrar, name: string): Promise<RegisteredCluster> {
  if (stateOf(name) === "fixed") throw new PlatformError("ClusterFromStart", { cluster: name });
  await load();
  const stored = await store.clusters.list();
  const found = stored.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = stored.map((one) => one.name).join(", ") || "none";
  throw new PlatformError("NotFound", { what: "registeredCluster", name, known });
}

interface Reaching {
  readonly before: RegisteredCluster;
  readonly given: GivenCluster;
  readonly signal: AbortSignal;
}

/**
 * Calls the cluster under its new address or credential. It must be the same cluster, because objects are stored by the
 * cluster's name.
 */
async function reachedAnew(
  registrar: Registrar,
  { before, given, signal }: Reaching,
): Promise<Pick<RegisteredCluster, "target" | "way" | "user" | "uid">> {
  const { name } = before;
  const { target, way } = registrar.opener.read(name, given);
  const { user, uid } = await introduced(registrar, { name, target, signal });
  if (uid !== "" && before.uid !== "" && uid !== before.uid)
    throw new PlatformError("OtherCluster", { cluster: name, server: way.server });
  return { target: sealTarget(registrar.vault, target), way, user, uid: uid || before.uid };
}

interface Trying {
  readonly name: string;
  readonly target: JsonObject;
  readonly signal: AbortSignal;
}

async function introduced({ opener }: Registrar, { name, target, signal }: Trying): Promise<Introduction> {
  try {
    return await opener.introduce(name, target, signal);
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    const { code, params } = error.reason;
    if (code === "CredentialRefused") throw new PlatformError("CredentialRefused", { cluster: name });
    throw new PlatformError("ClusterUnreachable", { ...params, cluster: name, detail: params["detail"] ?? code });
  }
}

function stale(name: string, actual: number, expected: number): PlatformError {
  return new PlatformError("StaleEtag", {
    name: `cluster ${name}`,
    actual: `generation ${actual}`,
    expected: `generation ${expected}`,
  });
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();
