// Starts and stops a test cluster. `startCluster` keeps the parts that already run and repairs the others;
// `stopCluster` leaves the machine as it was before.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { applyStorageClass, ensureAddons } from "./addons.ts";
import { auditLog } from "./audit.ts";
import { type Built, ensureBuilt } from "./build.ts";
import { ensureCertificates } from "./certificates.ts";
import { ensureApiServer, ensureControllers, ensureScheduler } from "./controlPlane.ts";
import { ensureEtcd } from "./etcd.ts";
import { ensureImages } from "./images/images.ts";
import { userKubeconfig, writeKubeconfig } from "./kubeconfig.ts";
import { ensureKueue } from "./kueue.ts";
import { cacheFolder, checkName, folderOf, instancesFolder } from "./layout.ts";
import { withLock } from "./lock.ts";
import { goModules } from "./modules.ts";
import { removeControlGroup } from "./node/controlGroup.ts";
import { removeCable } from "./node/namespaces.ts";
import { ensureNode } from "./node/node.ts";
import { ensureGuardRoutes, removeGuardRoutes } from "./node/routes.ts";
import { findOrphans } from "./orphans.ts";
import { endProcess, signalProcess } from "./processes.ts";
import { isAlive } from "./processIdentity.ts";
import { ensureRequirements } from "./requirements.ts";
import { ensureSimulation } from "./simulation.ts";
import { createState, readState, type State, writeState } from "./state.ts";
import { traefikUrl } from "./traefik.ts";
import { ensureVolumes } from "./volumes.ts";

export interface ClusterOptions {
  /** Name of the instance. Default: "test". */
  readonly name?: string;
  /** Starts no node: pods stay pending, except on simulated nodes. */
  readonly controlPlaneOnly?: boolean;
  readonly simulatedNodes?: number;
  readonly gpusPerSimulatedNode?: number;
  /** Runs Kueue, which is built when an instance first asks for it. */
  readonly kueue?: boolean;
  readonly report?: (line: string) => void;
}

export interface RunningCluster {
  readonly name: string;
  readonly kubeconfig: string;
  /** Address at which Ingresses and HTTPRoutes answer. Without a node no pods run behind it. */
  readonly traefikUrl: string;
  readonly auditLog: string;
  readonly kubectl: string;
}

/** The programs of each cluster. Helm is not a part of it, and Kueue only of clusters that ask for it. */
type Programs = Readonly<Record<Exclude<keyof typeof goModules, "helm" | "queues">, Built>>;

export async function startCluster(options: ClusterOptions = {}): Promise<RunningCluster> {
  const { name = "test", controlPlaneOnly = false, report = () => undefined } = options;
  checkName(name);
  await ensureRequirements(report);
  const programs = await buildAll(report);
  const queues = options.kueue === true ? await ensureBuilt(goModules.queues, report) : undefined;
  return withLock(lockOf(name), async () => {
    const state = await ensureState(name, !controlPlaneOnly);
    await startControlPlane(state, programs);
    if (state.hasNode) await startNode(state, programs);
    const count = options.simulatedNodes ?? 0;
    if (count > 0 || state.processes.kwok)
      await ensureSimulation(state, programs.simulation, { count, gpus: options.gpusPerSimulatedNode ?? 0 });
    if (queues !== undefined) await ensureKueue(state, queues);
    return describeCluster(state, programs.kubernetes);
  });
}

export async function stopCluster(name = "test"): Promise<void> {
  checkName(name);
  await withLock(lockOf(name), async () => {
    const state = readState(name);
    if (state) await removeTraces(state);
    rmSync(folderOf(name), { recursive: true, force: true });
  });
}

export function describeCluster(state: State, kubernetes: Built): RunningCluster {
  return {
    name: state.name,
    kubeconfig: userKubeconfig(state.name),
    traefikUrl: traefikUrl(state),
    auditLog: auditLog(state.name),
    kubectl: kubernetes.program("kubectl"),
  };
}

const lockOf = (name: string): string => join(instancesFolder(), `${name}.lock`);

async function buildAll(report: (line: string) => void): Promise<Programs> {
  // The builds run one after the other, because a single build already uses every core.
  const kubernetes = await ensureBuilt(goModules.kubernetes, report);
  const runtime = await ensureBuilt(goModules.runtime, report);
  const dns = await ensureBuilt(goModules.dns, report);
  const simulation = await ensureBuilt(goModules.simulation, report);
  return { kubernetes, runtime, dns, simulation, addons: await ensureBuilt(goModules.addons, report) };
}

async function ensureState(name: string, hasNode: boolean): Promise<State> {
  const known = readState(name);
  if (!known) return withLock(join(cacheFolder(), "slots.lock"), () => createInSlot(name, hasNode));
  // An existing node is kept, because another test may use it: `up --control-plane-only` must not remove it.
  known.hasNode ||= hasNode;
  writeState(known);
  return known;
}

/** Creates the routes immediately: they also show to instances in other folders that the slot is taken. */
async function createInSlot(name: string, hasNode: boolean): Promise<State> {
  const state = await createState(name, hasNode);
  await ensureGuardRoutes(state.slot);
  return state;
}

async function startControlPlane(state: State, programs: Programs): Promise<void> {
  await ensureGuardRoutes(state.slot);
  await Promise.all([ensureEtcd(state, programs.kubernetes), ensureCertificates(state)]);
  writeKubeconfig(state, "admin");
  await ensureVolumes(state);
  await ensureApiServer(state, programs.kubernetes);
  await Promise.all([
    ensureControllers(state, programs.kubernetes),
    ensureScheduler(state, programs.kubernetes),
    applyStorageClass(state),
  ]);
}

async function startNode(state: State, programs: Programs): Promise<void> {
  await Promise.all([
    ensureNode(state, programs, () => ensureImages(state, programs.runtime)),
    ensureAddons(state, programs.addons),
  ]);
}

/** Ends all processes immediately and removes everything: no data of a test cluster is kept. */
async function removeTraces(state: State): Promise<void> {
  const started = [...Object.values(state.processes), ...findOrphans(state.name)].filter(isAlive);
  for (const identity of started) signalProcess(identity.pid, "SIGKILL");
  await removeControlGroup(state.name);
  await Promise.all(started.map(endProcess));
  await removeCable(state.slot);
  await removeGuardRoutes(state.slot);
}
