// The credential of a request: an Authorization header, a client certificate, or both.
// Files are read again after a minute, so that rotated service account tokens and certificates take effect without a
// restart.
import { readFile } from "node:fs/promises";
import type { Clock } from "../../ports/clock.ts";
import { credentialPlugin } from "./execPlugin.ts";
import type { ClusterTarget, ValueSource } from "./kubeconfig.ts";

const REREAD = 60_000;

export interface Credential {
  readonly authorization: string;
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
}

export interface Credentials {
  get(): Promise<Credential>;
  /** Discards the cached credential; called after a 401. */
  forget(): void;
}

export function credentialsOf(target: ClusterTarget, clock: Clock, allowedPlugins?: readonly string[]): Credentials {
  const plugin = target.user.exec === null ? null : credentialPlugin(target.user.exec, clock, allowedPlugins);
  let kept: { readonly value: Credential; readonly until: number } | null = null;
  const read = async (): Promise<Credential> => {
    const { user } = target;
    const [token, certificate, key, ca] = await Promise.all(
      [user.token, user.certificate, user.key, target.ca].map(readSource),
    );
    const fromPlugin = (await plugin?.get()) ?? { token: "", certificate: "", key: "" };
    return {
      authorization: authorizationOf(fromPlugin.token || (token ?? "").trim(), user.username, user.password),
      certificate: fromPlugin.certificate || (certificate ?? ""),
      key: fromPlugin.key || (key ?? ""),
      ca: ca ?? "",
    };
  };
  return {
    get: async () => {
      const now = clock.now().getTime();
      if (plugin === null && kept !== null && now < kept.until) return kept.value;
      kept = { value: await read(), until: now + REREAD };
      return kept.value;
    },
    forget: () => {
      kept = null;
      plugin?.forget();
    },
  };
}

function authorizationOf(token: string, username: string, password: string): string {
  if (token !== "") return `Bearer ${token}`;
  return username === "" ? "" : `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

async function readSource(source: ValueSource): Promise<string> {
  if (source === null) return "";
  return "value" in source ? source.value : readFile(source.file, "utf8");
}
