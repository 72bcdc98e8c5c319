// The cluster of the suite. Most tests work with any kubeconfig; kubectl is then the one on the PATH. Tests that need
// the audit log or the ingress of the cluster that tools/cluster builds fail with a message; they are never skipped.
import { execFileSync } from "node:child_process";

function given(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value === "" ? undefined : value;
}

function needed(name: string, what: string): string {
  const value = given(name);
  if (value !== undefined) return value;
  throw new Error(
    `this test needs ${what}, which only the cluster that the tests build has: run them without KUBEMIN_TEST_KUBECONFIG, or set ${name}`,
  );
}

export const kubeconfig = (): string => needed("KUBEMIN_TEST_KUBECONFIG", "a kubeconfig");
export const kubectlProgram = (): string => given("KUBEMIN_TEST_KUBECTL") ?? "kubectl";
/** The address of Ingress and HTTPRoute, e.g. http://127.0.0.1:21005; the Host header names the host. */
export const ingressUrl = (): string => needed("KUBEMIN_TEST_TRAEFIK", "the address of its ingress controller");
export const auditLogFile = (): string => needed("KUBEMIN_TEST_AUDIT_LOG", "the API server's audit log");

let context: string | undefined;

/** The current context of the kubeconfig with which the tests were started. */
export function contextName(): string {
  context ??= execFileSync(kubectlProgram(), ["--kubeconfig", kubeconfig(), "config", "current-context"], {
    encoding: "utf8",
  }).trim();
  return context;
}
