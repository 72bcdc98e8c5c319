// Runs the credential plug-in that a kubeconfig names (a cloud login command) and caches its answer until it expires.
// Protocol: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
// The request says that the plug-in may not be interactive, because a server has no terminal.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { listAt, textAt, textsAt } from "../../model/data/fieldReaders.ts";
import { isObject, type JsonObject } from "../../model/data/json.ts";
import type { Clock } from "../../ports/clock.ts";

const run = promisify(execFile);
const DEADLINE = 30_000;
/**
 * Milliseconds by which a credential is renewed before it expires, so that it does not expire while a request is in
 * progress.
 */
const EARLY = 30_000;

interface PluginCredential {
  readonly token: string;
  readonly certificate: string;
  readonly key: string;
}

interface CredentialPlugin {
  get(): Promise<PluginCredential>;
  /** Discards the cached credential because the API server refused it; the plug-in runs again on the next request. */
  forget(): void;
}

/** `allowed` lists the programs that may be run; `undefined` allows any. */
export function credentialPlugin(exec: JsonObject, clock: Clock, allowed?: readonly string[]): CredentialPlugin {
  let kept: { readonly credential: PluginCredential; readonly until: number } | null = null;
  let pending: Promise<PluginCredential> | null = null;
  const renew = async (): Promise<PluginCredential> => {
    const command = textAt(exec, "command");
    if (allowed !== undefined && !allowed.includes(command))
      throw new Error(`this server may not run ${command} for a credential: start it with --allow-exec ${command}`);
    const status = await ask(exec);
    const credential = {
      token: textAt(status, "token"),
      certificate: textAt(status, "clientCertificateData"),
      key: textAt(status, "clientKeyData"),
    };
    const expires = Date.parse(textAt(status, "expirationTimestamp"));
    kept = { credential, until: Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires - EARLY };
    return credential;
  };
  return {
    get: async () => {
      if (kept !== null && clock.now().getTime() < kept.until) return kept.credential;
      pending ??= renew().finally(() => {
        pending = null;
      });
      return pending;
    },
    forget: () => {
      kept = null;
    },
  };
}

async function ask(exec: JsonObject): Promise<JsonObject> {
  const command = textAt(exec, "command");
  const apiVersion = textAt(exec, "apiVersion") || "client.authentication.k8s.io/v1";
  const extra = Object.fromEntries(listAt(exec, "env").map((one) => [textAt(one, "name"), textAt(one, "value")]));
  const info = JSON.stringify({ apiVersion, kind: "ExecCredential", spec: { interactive: false } });
  let output: string;
  try {
    const env = { ...process.env, ...extra, KUBERNETES_EXEC_INFO: info };
    output = (await run(command, [...textsAt(exec, "args")], { env, timeout: DEADLINE, maxBuffer: 1 << 20 })).stdout;
  } catch (cause) {
    // The error contains only the name of the command, because its arguments and output may contain credentials.
    const hint = textAt(exec, "installHint");
    const code: unknown = cause instanceof Error && "code" in cause ? cause.code : undefined;
    // oxlint-disable-next-line preserve-caught-error -- the cause quotes the command line and its output
    throw new Error(
      `credential plugin ${command} failed (${String(code)})${hint === "" ? "" : `: ${hint.split("\n")[0] ?? ""}`}`,
    );
  }
  return statusOf(command, output);
}

function statusOf(command: string, output: string): JsonObject {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw new Error(`credential plugin ${command} did not answer with JSON`);
  }
  const status = isObject(answer) ? answer["status"] : undefined;
  if (!isObject(status)) throw new Error(`credential plugin ${command} gave no credential`);
  return status;
}
