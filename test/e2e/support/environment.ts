// The cluster that the suite runs on. Any kubeconfig will do for most of it: then kubectl is the one on the PATH. What needs the audit log
// or the ingress of the cluster that tools/cluster builds says so and fails; it is never skipped.
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
/** Where Ingress and HTTPRoute answer, e.g. http://127.0.0.1:21005; hosts are told apart by the Host header. */
export const ingressUrl = (): string => needed("KUBEMIN_TEST_TRAEFIK", "the address of its ingress controller");
export const auditLogFile = (): string => needed("KUBEMIN_TEST_AUDIT_LOG", "the API server's audit log");

let context: string | undefined;

/** The current context of the kubeconfig: the cluster that whoever started the tests named. */
export function contextName(): string {
  context ??= execFileSync(kubectlProgram(), ["--kubeconfig", kubeconfig(), "config", "current-context"], {
    encoding: "utf8",
  }).trim();
  return context;
}
