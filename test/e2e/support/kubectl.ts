// Reads the cluster with kubectl, as a user would, and acts as other users of the same namespace.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { contextName, kubeconfig, kubectlProgram } from "./environment.ts";

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const base = (): readonly string[] => ["--kubeconfig", kubeconfig(), "--context", contextName()];

export async function tryKubectl(words: readonly string[], input?: string): Promise<Finished> {
  const child = spawn(kubectlProgram(), [...base(), ...words], { stdio: ["pipe", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  child.stdin.end(input ?? "");
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`kubectl could not be started: ${error.message}`)));
    child.once("close", (status) => resolve(status ?? 255));
  });
  return { code, ...output };
}

export async function kubectl(words: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await tryKubectl(words, input);
  if (code !== 0) throw new Error(`kubectl ${words.join(" ")}: ${stderr}`);
  return stdout;
}

/** Lists the objects of these kinds: `list("e2e-1", "pods,jobs")`. */
export async function list(
  namespace: string,
  kinds: string,
  ...words: readonly string[]
): Promise<readonly Manifest[]> {
  const text = await kubectl(["--namespace", namespace, "get", kinds, "--output", "json", ...words]);
  return (JSON.parse(text) as { items: readonly Manifest[] }).items; // what kubectl prints for a list
}

/** The object; `undefined` if there is none. */
export async function get(namespace: string, kind: string, name: string): Promise<Manifest | undefined> {
  const text = await kubectl(["--namespace", namespace, "get", kind, name, "--output", "json", "--ignore-not-found"]);
  return text.trim() === "" ? undefined : (JSON.parse(text) as Manifest); // what kubectl prints for one object
}

export async function apply(namespace: string, ...objects: readonly object[]): Promise<void> {
  const text = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  await kubectl(["--namespace", namespace, "apply", "--filename", "-"], text);
}

/** Creates a namespace and waits for the objects that Kubernetes itself puts into each. */
export async function makeNamespace(labels: Readonly<Record<string, string>> = {}): Promise<string> {
  const name = `e2e-${randomBytes(4).toString("hex")}`;
  await kubectl(
    ["create", "--filename", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } }),
  );
  await until(name, "configmaps", (objects) => objects.some((one) => one.metadata.name === "kube-root-ca.crt"));
  await until(name, "serviceaccounts", (objects) => objects.some((one) => one.metadata.name === "default"));
  return name;
}

/** Removes a namespace without waiting for the end. */
export async function dropNamespace(name: string | undefined): Promise<void> {
  if (name !== undefined) await tryKubectl(["delete", "namespace", name, "--wait=false", "--ignore-not-found"]);
}

type Judge = (objects: readonly Manifest[]) => boolean;

/** The objects of one kind as soon as `judge` accepts them, by a watch. */
export async function until(namespace: string, kind: string, judge: Judge, seconds = 60): Promise<readonly Manifest[]> {
  // A watch reports nothing about a list that is empty and stays empty.
  const now = await list(namespace, kind);
  return judge(now) ? now : await watchUntil({ namespace, kind, judge, seconds });
}

interface Waiting {
  readonly namespace: string;
  readonly kind: string;
  readonly judge: Judge;
  readonly seconds: number;
}

function watchUntil({ namespace, kind, judge, seconds }: Waiting): Promise<readonly Manifest[]> {
  const words = ["--namespace", namespace, "get", kind, "--watch", "--output-watch-events", "--output", "json"];
  const child = spawn(kubectlProgram(), [...base(), ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const present = new Map<string, Manifest>();
  let errors = "";
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      end();
    };
    const seen = (): string =>
      [...present.values()].map((one) => `${one.metadata.name} ${JSON.stringify(one["status"] ?? {})}`).join("\n");
    const timer = setTimeout(
      () =>
        settle(() =>
          reject(new Error(`waited ${seconds} s in vain for ${kind} in ${namespace}; last seen:\n${seen()}`)),
        ),
      seconds * 1000,
    );
    let pending = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (pending + text).split("\n");
      pending = lines.pop() ?? "";
      for (const line of lines) {
        const { type, object } = JSON.parse(line) as { type: string; object: Manifest }; // what --output-watch-events prints
        if (type === "DELETED") present.delete(object.metadata.name);
        else present.set(object.metadata.name, object);
        if (judge([...present.values()])) return settle(() => resolve([...present.values()]));
      }
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.once("close", () => settle(() => reject(new Error(`the watch of ${kind} ended: ${errors}`))));
  });
}

let namespacedKinds: Promise<string> | undefined;

/**
 * All objects in the namespace except events, as `Kind/name uid`, including those that Kubernetes derives
 * (EndpointSlices).
 */
export async function everythingIn(namespace: string): Promise<readonly string[]> {
  namespacedKinds ??= kubectl(["api-resources", "--verbs=list", "--namespaced", "--output", "name"]).then((text) =>
    text
      .trim()
      .split("\n")
      .filter((name) => !name.startsWith("events"))
      .join(","),
  );
  const objects = await list(namespace, await namespacedKinds);
  return objects.map((one) => `${one.kind}/${one.metadata.name} ${one.metadata.uid}`).toSorted();
}

export function container(pod: Manifest | undefined, name: string): Readonly<Record<string, unknown>> {
  const spec = pod?.["spec"] as { containers?: readonly Record<string, unknown>[] } | undefined; // a Pod's spec
  const found = spec?.containers?.find((one) => one["name"] === name);
  if (found === undefined) throw new Error(`no container ${name} in ${pod?.metadata.name ?? "no pod"}`);
  return found;
}

export async function exec(namespace: string, pod: string, ...command: readonly string[]): Promise<string> {
  return await kubectl(["--namespace", namespace, "exec", pod, "--", ...command]);
}

/** The running pods of a component, without those that are being deleted. */
export async function podsOf(namespace: string, component: string): Promise<readonly Manifest[]> {
  const pods = await list(namespace, "pods", "--selector", `kubemin.dev/component=${component}`);
  return pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
}
