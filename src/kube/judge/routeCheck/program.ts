// Asks the program behind a route directly, through the API server's proxy. This needs the permission services/proxy;
// without it, the answer is `false`, which means that it is not known.

import type { Connection } from "../../reach/connection.ts";
import { KubernetesError } from "../../refusals/apiError.ts";
import type { RouteQuestion } from "./checks.ts";

export async function programSays404(
  connection: Connection,
  { backend, request }: RouteQuestion,
  signal: AbortSignal,
): Promise<boolean> {
  const { namespace, service, port } = backend;
  const path = `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy${request.path}`;
  try {
    await connection.call({ path, signal, accept: "*/*" });
    return false;
  } catch (cause) {
    // The API server's own 404 (no such Service) is a Status object with a code; the program's is not.
    return cause instanceof KubernetesError && cause.status === 404 && cause.code === "";
  }
}
