// Records the corpus again from a real cluster: `node test/kube/corpus/record.ts [scene …]`. It needs
// KUBEMIN_TEST_KUBECONFIG (and _KUBECTL, if kubectl is not on the PATH), creates a namespace for each scene and removes
// it. It records states, not verdicts.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { textAt } from "../../../src/model/data/fieldReaders.ts";
import { isObject } from "../../../src/model/data/json.ts";
import { type Manifest, type ObjectRef, refKey } from "../../../src/model/kubernetes/manifest.ts";
import { apply, dropNamespace, get, kubectl, list, makeNamespace, tryKubectl } from "../../e2e/support/kubectl.ts";
import { applyForNamespace } from "../../e2e/support/policies.ts";
import { plain, type Raw } from "./plain.ts";
import type { Judge, Recorded, Scene, Step } from "./scene.ts";
import { SCENES } from "./scenes.ts";
import { FOLDER, lookAt } from "./world.ts";

const AT_ONCE = 6;
const PACE = 2_000;
const PATIENCE = 150_000;
const KINDS =
  "deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs,pods,services,endpointslices,persistentvolumeclaims";
const CLUSTER_WIDE: ReadonlySet<string> = new Set(["StorageClass", "CustomResourceDefinition", "PersistentVolume"]);

interface Place {
  readonly scene: Scene;
  readonly namespace: string;
}

async function recordScene(scene: Scene): Promise<void> {
  const namespace = await makeNamespace(scene.labels);
  const place = { scene, namespace };
  try {
    await write(place, scene.objects);
    for (const step of scene.afterwards ?? []) await carryOut(place, step);
    await waitFor(place, scene.until);
    writeFileSync(resolve(FOLDER, `${scene.name}.json`), lines(plain(await snapshot(place))));
  } finally {
    await dropNamespace(namespace);
  }
}

/** Replaces `$namespace` in a scene by its namespace. Cluster-wide objects use it in their names. */
function at<T>({ namespace }: Place, value: T): T {
  return JSON.parse(JSON.stringify(value).replaceAll("$namespace", namespace)) as T; // the same shape, with the name filled in
}

async function write(place: Place, objects: Scene["objects"]): Promise<void> {
  for (const object of at(place, objects)) {
    const wide = CLUSTER_WIDE.has(textAt(object, "kind"));
    // Scenes are written as plain JSON, which has the shape of a Manifest.
    if (wide) await applyForNamespace(place.namespace, object as unknown as Parameters<typeof applyForNamespace>[1]);
    else await apply(place.namespace, object);
  }
}

async function carryOut(place: Place, step: Step): Promise<void> {
  if ("wait" in step) return waitFor(place, step.wait);
  if ("apply" in step) return write(place, step.apply);
  await kubectl(["--namespace", place.namespace, ...at(place, step.kubectl)]);
}

/** Polls, because a state consists of objects of several kinds, and only a developer waits for it. */
async function waitFor(place: Place, judge: Judge): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; ; await pause(PACE)) {
    const { objects, events } = await present(place);
    if (judge(objects, events)) return;
    if (Date.now() > deadline) {
      const seen = objects.map((one) => `${one.kind}/${one.metadata.name} ${JSON.stringify(one["status"])}`);
      throw new Error(`${place.scene.name} never came to be; last seen:\n${seen.join("\n")}`);
    }
  }
}

interface Present {
  readonly objects: readonly Manifest[];
  readonly events: readonly Manifest[];
  readonly subject: Manifest | undefined;
}

/** All objects of the scene, in one request. Of cluster-wide kinds only the subject is kept. */
async function present(place: Place): Promise<Present> {
  const { kind, apiVersion, name } = at(place, place.scene.subject);
  const group = apiVersion.includes("/") ? `.${apiVersion.slice(0, apiVersion.indexOf("/"))}` : "";
  const resource = `${kind.toLowerCase()}${group}`;
  const listed = KINDS.includes(`${kind.toLowerCase()}s,`) ? `${KINDS},events` : `${KINDS},events,${resource}`;
  const { code, stdout } = await tryKubectl(["--namespace", place.namespace, "get", listed, "--output", "json"]);
  // The kind is not served yet.
  const items =
    code === 0
      ? (JSON.parse(stdout) as { items: readonly Manifest[] }).items
      : await list(place.namespace, `${KINDS},events`); // the JSON that kubectl prints
  const isSubject = (one: Manifest): boolean => one.kind === kind && one.metadata.name === name;
  const inside = items.filter((one) => one.metadata.namespace === place.namespace || isSubject(one));
  return {
    objects: inside.filter((one) => one.kind !== "Event"),
    events: inside.filter((one) => one.kind === "Event"),
    subject: inside.find(isSubject),
  };
}

async function snapshot(place: Place): Promise<Raw> {
  const { objects, events, subject } = await present(place);
  if (subject === undefined) throw new Error(`${place.scene.name}: its subject is gone`);
  const raw = {
    subject,
    objects: objects.filter((one) => one.metadata.uid !== subject.metadata.uid).map(withoutLists),
    events: events.filter((one) => one["type"] === "Warning"),
    others: {},
    namespace: place.namespace,
    at: Date.now(),
  };
  return { ...raw, others: await othersOf(place, raw) };
}

/**
 * Finds the other objects that the verdict needs: it judges again with each object that was asked for, until it asks
 * for no more.
 */
async function othersOf({ scene }: Place, recorded: Recorded): Promise<Recorded["others"]> {
  const others: Record<string, Manifest | null> = {};
  for (;;) {
    const asked: ObjectRef[] = [];
    lookAt(scene, { recorded: { ...recorded, others }, onOther: (ref) => asked.push(ref) });
    const fresh = asked.filter((ref) => !(refKey(ref) in others));
    if (fresh.length === 0) return others;
    for (const ref of fresh)
      others[refKey(ref)] = (await get(ref.namespace || "default", ref.kind.toLowerCase(), ref.name)) ?? null;
  }
}

/** Without the volume of the service account token and the default tolerations, which every pod gets. */
function withoutLists(object: Manifest): Manifest {
  const spec = object["spec"];
  if (object.kind !== "Pod" || !isObject(spec)) return object;
  const { volumes: _volumes, tolerations: _tolerations, ...rest } = spec;
  const named = Array.isArray(spec["volumes"])
    ? spec["volumes"].filter((one) => isObject(one) && !textAt(one, "name").startsWith("kube-api-access-"))
    : [];
  return { ...object, spec: named.length === 0 ? rest : { ...rest, volumes: named } };
}

/** One object per line, so that a change of one object is a change of one line. */
function lines({ subject, objects, events, others }: Recorded): string {
  const list = (all: readonly Manifest[]): string =>
    all.length === 0 ? "[]" : `[\n${all.map((one) => `    ${JSON.stringify(one)}`).join(",\n")}\n  ]`;
  return `{\n  "subject": ${JSON.stringify(subject)},\n  "objects": ${list(objects)},\n  "events": ${list(events)},\n  "others": ${JSON.stringify(others)}\n}\n`;
}

async function main(names: readonly string[]): Promise<void> {
  const chosen = SCENES.filter((scene) => names.length === 0 || names.includes(scene.name));
  const waiting = [...chosen];
  const failed: string[] = [];
  const next = async (): Promise<void> => {
    for (let scene = waiting.shift(); scene !== undefined; scene = waiting.shift()) {
      const { name } = scene;
      await recordScene(scene).then(
        () => console.error(`recorded ${name}`),
        (error: unknown) => {
          failed.push(name);
          console.error(`not recorded: ${name}: ${error instanceof Error ? error.message : String(error)}`);
        },
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  if (failed.length > 0) process.exitCode = 1;
}

if (import.meta.main) await main(process.argv.slice(2));
