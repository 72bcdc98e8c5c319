// A sandbox in virtual time, with everything that it reported.
import type { ObjectHealth } from "../../src/model/kubernetes/health.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import type { Applied, Cluster } from "../../src/ports/cluster.ts";
import type { SandboxControls } from "../../src/sandbox/faults/controls.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import { deployment, type Program, SERVES } from "../contracts/cluster/objects.ts";
import { createVirtualClock, type VirtualClock } from "../support/virtualClock.ts";

export interface TimedSandbox {
  readonly clock: VirtualClock;
  readonly sandbox: Cluster & SandboxControls;
  readonly apply: (object: Manifest) => Promise<Applied>;
  /** State and reason of every report so far, one line each; it grows while time passes. */
  readonly follow: (applied: Applied) => readonly string[];
  readonly last: (applied: Applied) => Promise<ObjectHealth>;
}

export const signal = new AbortController().signal;
export const NAMESPACE = "demo";

export function timedSandbox(file?: string): TimedSandbox {
  const clock = createVirtualClock();
  const sandbox = createSandbox({ name: "sandbox", clock, ...(file === undefined ? {} : { file }) });
  return {
    clock,
    sandbox,
    apply: (object) => sandbox.apply(object, { signal, reveal: neverOpen }),
    follow: (applied) => {
      const told: string[] = [];
      sandbox.follow([applied], (health) => {
        told.push(
          `${health.state} ${health.reason.code}${health.facts?.ready === undefined ? "" : ` ${health.facts.ready}/${health.facts.wanted}`}`,
        );
      });
      return told;
    },
    last: async (applied) => {
      const [health] = await sandbox.health([applied.ref], signal);
      if (health === undefined) throw new Error("no health for one object");
      return health;
    },
  };
}

function neverOpen(): string {
  throw new Error("the sandbox opened a sealed value");
}

export function web(program: Partial<Program> = {}): Manifest {
  return deployment("web", { namespace: NAMESPACE, script: SERVES, ...program });
}

export function annotated(object: Manifest, fault: string): Manifest {
  return { ...object, metadata: { ...object.metadata, annotations: { "sandbox.kubemin.dev/fault": fault } } };
}
