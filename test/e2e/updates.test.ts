// Tests updates of a running application: exactly the intended changes are made, and no foreign object is changed.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig } from "../../src/model/data/json.ts";
import type { Manifest } from "../../src/model/kubernetes/manifest.ts";
import { endOf, newestRun, PROJECT, submit } from "./support/asking.ts";
import { countWrites } from "./support/audit.ts";
import { type Application, type Component, idle, script, task, worker } from "./support/documents.ts";
import {
  apply,
  dropNamespace,
  exec,
  type Finished,
  get,
  kubectl,
  list,
  makeNamespace,
  podsOf,
  until,
} from "./support/kubectl.ts";
import { type Product, startProduct } from "./support/product.ts";

let product: Product;
let namespace: string;

beforeAll(async () => {
  namespace = await makeNamespace();
  product = await startProduct();
});

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
});

const application = (name: string, components: readonly Component[]): Application => ({ name, namespace, components });

async function deploy(name: string, ...components: readonly Component[]): Promise<Finished> {
  return await product.kubemin("deploy", product.file(`${name}.json`, application(name, components)), "--yes");
}

async function deployed(name: string, ...components: readonly Component[]): Promise<void> {
  const result = await deploy(name, ...components);
  expect(result.code, result.stderr).toBe(0);
}

const uids = (objects: readonly Manifest[]): readonly string[] =>
  objects.map((one) => one.metadata.uid ?? "").toSorted();

describe("a change", { concurrent: true }, () => {
  it("of a config rolls exactly the pods that read it", async () => {
    const components = (color: string): Component[] => [
      { name: "colors", type: "config", properties: { data: { COLOR: color } } },
      worker("by-env", { traits: { env: { COLOR: { config: "colors", key: "COLOR" } } } }),
      worker("by-file", { traits: { storage: [{ type: "config", name: "colors", mountPath: "/etc/colors" }] } }),
      worker("own", { traits: { storage: [{ type: "config", name: "own-settings", data: { A: "1" } }] } }),
      worker("without"),
    ];
    await deployed("rolling-config", ...components("blue"));
    const names = ["by-env", "by-file", "own", "without"];
    const before = await Promise.all(names.map((name) => podsOf(namespace, name)));
    await deployed("rolling-config", ...components("green"));
    const after = await Promise.all(names.map((name) => podsOf(namespace, name)));
    const same = names.map((_, index) => uids(before[index] ?? []).join() === uids(after[index] ?? []).join());
    expect(Object.fromEntries(names.map((name, index) => [name, same[index]]))).toEqual({
      "by-env": false,
      "by-file": false,
      own: true,
      without: true,
    });
    expect((await exec(namespace, after[0]?.[0]?.metadata.name ?? "", "sh", "-c", "echo $COLOR")).trim()).toBe("green");
    expect(await exec(namespace, after[1]?.[0]?.metadata.name ?? "", "cat", "/etc/colors/COLOR")).toBe("green");
  });

  it("that removes a component prunes what it made, and keeps its volume", async () => {
    const keeper: Component = {
      name: "keeper",
      type: "webservice",
      properties: { ...script("trap 'exit 0' TERM; httpd -f -p 8080 & wait"), port: 8080 },
      traits: {
        storage: [
          { type: "persistent", mountPath: "/data", size: "1Gi" },
          { type: "config", name: "keeper-settings", data: { A: "1" } },
        ],
      },
    };
    await deployed("pruning", keeper, worker("stays"));
    const mine = async (): Promise<readonly Manifest[]> =>
      await list(
        namespace,
        "deployments,services,configmaps,persistentvolumeclaims",
        "--selector",
        "kubemin.dev/component=keeper",
      );
    const kinds = (objects: readonly Manifest[]): string[] => objects.map((one) => one.kind).toSorted();
    const before = await mine();
    expect(kinds(before)).toEqual(["ConfigMap", "Deployment", "PersistentVolumeClaim", "Service"]);
    await deployed("pruning", worker("stays"));
    const after = await mine();
    expect(kinds(after)).toEqual(["PersistentVolumeClaim"]);
    expect(uids(after)).toEqual(uids(before.filter((one) => one.kind === "PersistentVolumeClaim")));
    expect(await podsOf(namespace, "stays")).toHaveLength(1);
  });

  it("prunes by uid: what somebody else has put in its place is left alone", async () => {
    await deployed("replaced", worker("first"), {
      name: "replaced-config",
      type: "config",
      properties: { data: { A: "1" } },
    });
    await kubectl(["--namespace", namespace, "delete", "configmap", "replaced-config"]);
    await apply(namespace, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "replaced-config" },
      data: { of: "somebody else" },
    });
    await deployed("replaced", worker("first"));
    expect(dig(await get(namespace, "configmap", "replaced-config"), "data")).toEqual({ of: "somebody else" });
  });

  it("of a task runs it again as another Job; without one it does not run", async () => {
    const jobs = async (): Promise<readonly Manifest[]> =>
      await list(namespace, "jobs", "--selector", "kubemin.dev/component=content");
    await deployed("contents", task("content", "echo one"));
    const first = uids(await jobs());
    await deployed("contents", task("content", "echo one"), worker("beside-content"));
    expect(uids(await jobs())).toEqual(first);
    await deployed("contents", task("content", "echo two"), worker("beside-content"));
    const second = (await jobs()).filter((one) => !first.includes(one.metadata.uid ?? ""));
    expect(second).toHaveLength(1);
    expect((await product.kubemin("logs", "contents/content", "--run", "3")).stdout).toMatch(/two\n$/);
  });

  it("by hand of the number of replicas is told before anything starts, and put back by force", async () => {
    const scaled = worker("scaled", { properties: { ...idle(), replicas: 2 } });
    await deployed("scaling", scaled);
    await kubectl(["--namespace", namespace, "scale", "deployment", "scaled", "--replicas=1"]);
    const told = await deploy("scaling", scaled);
    expect(told.code, told.stderr).toBe(2);
    expect(told.stderr).toMatch(/Deployment\/scaled: kubectl owns fields.*spec\.replicas.*force/s);
    const file = product.file("scaling.json", application("scaling", [scaled]));
    const forced = await product.kubemin("deploy", file, "--yes", "--force");
    expect(forced.code, forced.stderr).toBe(0);
    expect(dig(await get(namespace, "deployment", "scaled"), "spec", "replicas")).toBe(2);
    expect(await podsOf(namespace, "scaled")).toHaveLength(2);
  });

  it("by hand of our other fields is told with the name of who made it, and put back by force; what is not ours stays", async () => {
    const drifting = worker("drifting", { traits: { env: { MODE: "right" } } });
    await deployed("drift", drifting);
    await kubectl(["--namespace", namespace, "set", "env", "deployment/drifting", "MODE=wrong"]);
    await kubectl(["--namespace", namespace, "annotate", "deployment", "drifting", "example.com/note=keep"]);
    const refused = await deploy("drift", drifting);
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stderr).toMatch(/Deployment\/drifting: kubectl-set owns fields.*MODE.*force/s);
    const file = product.file("drift.json", application("drift", [drifting]));
    const forced = await product.kubemin("deploy", file, "--yes", "--force");
    expect(forced.code, forced.stderr).toBe(0);
    const deployment = await get(namespace, "deployment", "drifting");
    expect(JSON.stringify(deployment?.["spec"])).toContain('"value":"right"');
    expect(deployment?.metadata.annotations?.["example.com/note"]).toBe("keep");
    const writes = countWrites(namespace);
    await deployed("drift", drifting);
    expect(
      writes().filter((one) => one.includes("drifting")),
      "put back for good",
    ).toEqual([]);
  });
});

describe("refused", { concurrent: true }, () => {
  it("an object that somebody made with kubectl", async () => {
    await apply(namespace, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "taken", labels: { "app.kubernetes.io/managed-by": "team-b" } },
      data: { of: "team b" },
    });
    const before = await get(namespace, "configmap", "taken");
    const result = await deploy(
      "taking",
      { name: "taken", type: "config", properties: { data: { A: "1" } } },
      worker("innocent"),
    );
    expect(result.code, result.stderr).toBe(2);
    expect(result.stdout + result.stderr).toMatch(/ConfigMap\/taken exists already.*team-b/s);
    expect(await get(namespace, "configmap", "taken")).toEqual(before);
    expect(await get(namespace, "deployment", "innocent"), "nothing was started").toBeUndefined();
  });

  it("an object of another application", async () => {
    await deployed("holder", worker("wanted"));
    const before = await get(namespace, "deployment", "wanted");
    const result = await deploy("second-holder", worker("wanted", { properties: idle(": other") }));
    expect(result.code, result.stderr).toBe(2);
    expect(result.stdout + result.stderr).toMatch(
      /Deployment\/wanted exists already and belongs to application holder/,
    );
    expect((await get(namespace, "deployment", "wanted"))?.metadata.generation).toBe(before?.metadata.generation);
  });

  it("a write that knows only an old revision", async () => {
    await deployed("etags", worker("tagged"));
    const file = product.file("etags.json", application("etags", [worker("tagged", { properties: idle(": two") })]));
    expect((await product.kubemin("deploy", file, "--yes", "--if-revision", "1")).code).toBe(0);
    const stale = await product.kubemin("deploy", file, "--yes", "--if-revision", "1");
    expect(stale.code, stale.stderr).toBe(6);
    expect(stale.stderr).toMatch(/etags is at .*2.* not at .*1/);
    const answer = await fetch(`${product.url}/api/v1/projects/${PROJECT}/applications/etags`, {
      method: "PUT",
      headers: { authorization: `Bearer ${product.token}`, "content-type": "application/json", "if-match": '"rev-1"' },
      body: JSON.stringify(application("etags", [worker("tagged")])),
    });
    expect(answer.status).toBe(412);
    expect(await answer.json()).toMatchObject({ code: "StaleEtag" });
  });

  it("a second deploy while the first is under way", async () => {
    const slow = application("twice", [task("slow", "trap 'exit 1' TERM; until [ -e /tmp/go ]; do sleep 0.2; done")]);
    const attempts = await Promise.allSettled([submit(product, slow), submit(product, slow)]);
    const refused = attempts.filter((one) => one.status === "rejected");
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ status: 409, body: { code: "RunInProgress" } });
    const result = await product.kubemin("deploy", product.file("twice.json", slow), "--yes");
    expect(result.code, result.stderr).toBe(6);
    expect(result.stderr).toMatch(/has not ended yet.*kubemin cancel/s);
    const ofSlow = (pod: Manifest): boolean =>
      pod.metadata.labels?.["kubemin.dev/component"] === "slow" && dig(pod, "status", "phase") === "Running";
    const pods = await until(namespace, "pods", (all) => all.some(ofSlow));
    await exec(namespace, pods.find(ofSlow)?.metadata.name ?? "", "touch", "/tmp/go");
    const run = await newestRun(product, "twice");
    expect(await endOf(product, run.id)).toMatchObject({ number: 1, phase: "succeeded" });
  });
});
