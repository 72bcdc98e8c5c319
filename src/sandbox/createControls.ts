// Implements the controls of src/sandbox/faults/controls.ts on the state of a sandbox.
import { randomUUID } from "node:crypto";
import { type Manifest, refOf } from "../model/kubernetes/manifest.ts";
import type { SandboxControls } from "./faults/controls.ts";
import { withStatus } from "./health/jobStatus.ts";
import type { SandboxPod } from "./objects/sandboxObjects.ts";
import { templateHash } from "./objects/workloadTemplate.ts";
import { stamped } from "./objects/write.ts";
import { changed, type SandboxState, viewOf } from "./state.ts";
import { requireObject } from "./writeCalls.ts";

export function controlsOf(state: SandboxState): SandboxControls {
  const { objects } = state;
  /** Does not wait until the file is written. A caller that needs that closes the sandbox. */
  const announce = (): void => void changed(state);
  return {
    objects: () => objects.list().map((one) => withStatus(one, viewOf(state))),
    writes: () => state.writes,
    failApplies: (count, error) => {
      state.failures.push({ count, error });
    },
    setReachable: (reachable) => {
      state.reachable = reachable;
      announce();
    },
    setLatency: (milliseconds) => {
      state.latency = milliseconds;
    },
    setQuota: (namespace, quota) => {
      if (quota === null) state.quotas.delete(namespace);
      else state.quotas.set(namespace, quota);
      announce();
    },
    place: (object) => {
      const manifest = stamped(object, undefined, objects);
      objects.put({ manifest, sent: {}, since: objects.now(), goneAt: null, pods: [] });
      announce();
    },
    change: (ref, edit) => {
      const live = requireObject(state, ref);
      const manifest: Manifest = stamped(edit(live.manifest), live.manifest, objects);
      objects.put({ ...live, manifest, since: objects.now() });
      announce();
    },
    vanish: (ref) => {
      const there = objects.get(ref) !== undefined;
      objects.drop(ref);
      announce();
      return there;
    },
    replace: (ref) => {
      const live = requireObject(state, ref);
      const manifest = stamped(live.manifest, undefined, objects);
      objects.put({ ...live, manifest, since: objects.now(), pods: [] });
      announce();
    },
    killPod: (ref) => {
      const live = requireObject(state, ref);
      const template = templateHash(live.manifest);
      const victim = live.pods.find((pod) => pod.template === template);
      if (victim === undefined) throw new Error(`${refOf(live.manifest).name} has no pod in the sandbox`);
      const next = successor(state, victim);
      objects.put({ ...live, pods: live.pods.map((pod) => (pod === victim ? next : pod)) });
      announce();
    },
  };
}

function successor({ objects, timing }: SandboxState, victim: SandboxPod): SandboxPod {
  const now = objects.now();
  // Pods of a StatefulSet keep their name; other pods get a new random suffix.
  const name = /-\d+$/.test(victim.name) ? victim.name : victim.name.replace(/-\w+$/, `-${randomUUID().slice(0, 5)}`);
  return { ...victim, name, born: now, due: now + timing.start, hold: null, heldSince: now, replacement: true };
}
