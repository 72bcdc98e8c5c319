// The first requests to a cluster that is being registered: whether it answers, whether it accepts the credential,
// which user that is, and the uid that identifies the cluster.
import { textAt } from "../../model/data/fieldReaders.ts";
import { isObject } from "../../model/data/json.ts";
import { reason } from "../../model/reasons/reason.ts";
import type { Clock } from "../../ports/clock.ts";
import { ClusterError } from "../../ports/cluster.ts";
import type { Introduction } from "../../ports/clusterRegistry.ts";
import { KubernetesError } from "../refusals/apiError.ts";
import { type Connection, type ConnectionOptions, openConnection } from "./connection.ts";
import type { ClusterTarget } from "./kubeconfig.ts";

const DEADLINE = 10_000;

interface IntroduceOptions extends ConnectionOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Throws ClusterError: ClusterUnreachable, CredentialRefused or NotAllowed. */
export async function introduce(target: ClusterTarget, options: IntroduceOptions): Promise<Introduction> {
  const connection = openConnection(options.name, target, options.clock, options);
  try {
    const call = { signal: options.signal, deadline: DEADLINE };
    const { body } = await connection.call({ ...call, path: "/version" });
    const version = textAt(body, "gitVersion");
    if (version === "") throw new Error("the server at this address is not a Kubernetes API server");
    const [user, uid] = await Promise.all([userOf(connection, call), uidOf(connection, call)]);
    return { version, user, uid };
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof ClusterError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new ClusterError(
      reason("ClusterUnreachable", { cluster: options.name, detail: detail.slice(0, 300) }),
      false,
    );
  } finally {
    await connection.close();
  }
}

type Asking = Pick<Parameters<Connection["call"]>[0], "signal" | "deadline">;

/**
 * The user name of the credential; every user may ask for its own. Empty when the server does not have
 * SelfSubjectReview.
 */
async function userOf(connection: Connection, asking: Asking): Promise<string> {
  const apiVersion = "authentication.k8s.io/v1";
  const path = `/apis/${apiVersion}/selfsubjectreviews`;
  const review = { apiVersion, kind: "SelfSubjectReview" };
  const body = await answerOf(connection.call({ ...asking, method: "POST", path, body: review }));
  return textAt(body, "status", "userInfo", "username");
}

/**
 * The uid of the namespace kube-system, which by convention identifies the cluster. Empty when the credential may not
 * read it.
 */
async function uidOf(connection: Connection, asking: Asking): Promise<string> {
  const body = await answerOf(connection.call({ ...asking, path: "/api/v1/namespaces/kube-system" }));
  return textAt(body, "metadata", "uid");
}

async function answerOf(asked: ReturnType<Connection["call"]>) {
  try {
    const { body } = await asked;
    return isObject(body) ? body : {};
  } catch (error) {
    if (error instanceof KubernetesError) return {};
    throw error;
  }
}
