// Creates the instance's certificate authority and a certificate for each party, once, with openssl.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addressesOf, folderOf } from "./layout.ts";
import { run } from "./run.ts";
import type { State } from "./state.ts";

/** The parties that sign in with a certificate: user and group, as Kubernetes reads them from the subject. */
export const parties = {
  admin: { user: "kubernetes-admin", group: "system:masters" },
  // A separate user, so that requests of `up` do not look like requests of the user admin in the audit log.
  setup: { user: "system:kubemin-setup", group: "system:masters" },
  kubeletClient: { user: "system:kube-apiserver-kubelet-client", group: "system:masters" },
  controllers: { user: "system:kube-controller-manager", group: "kubemin:components" },
  scheduler: { user: "system:kube-scheduler", group: "kubemin:components" },
  proxy: { user: "system:kube-proxy", group: "kubemin:components" },
  dns: { user: "system:kubemin-dns", group: "system:masters" },
  ingress: { user: "system:kubemin-ingress", group: "system:masters" },
  simulation: { user: "system:kubemin-simulation", group: "system:masters" },
  queues: { user: "system:kubemin-queues", group: "system:masters" },
} as const;

export type Party = keyof typeof parties | "node";

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

const keysFolder = (name: string): string => join(folderOf(name), "pki");

export const authority = (name: string): KeyPair => keyPair(name, "ca");
export const serverCertificate = (name: string): KeyPair => keyPair(name, "server");
export const certificateOf = (name: string, party: Party): KeyPair => keyPair(name, party);
export const accountKeys = (name: string): string => join(keysFolder(name), "accounts.key");
export const nodeName = (name: string): string => `kubemin-${name}`;

export async function ensureCertificates(state: State): Promise<void> {
  const folder = keysFolder(state.name);
  if (existsSync(folder)) return;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700, recursive: true });
  // An own openssl.cnf, because the system's one may add extensions, and Go refuses a certificate that has an extension
  // twice.
  writeFileSync(join(unfinished, "openssl.cnf"), "[req]\ndistinguished_name = subject\n[subject]\n");
  await issueAll(state, unfinished);
  renameSync(unfinished, folder);
}

const serviceName = "kubernetes.default.svc.cluster.local";
// All names under which a pod may call the API server: each leading part of the full name.
const serverNames = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", serviceName];

async function issueAll(state: State, folder: string): Promise<void> {
  await issue({
    folder,
    file: "ca",
    subject: "/CN=kubemin test cluster",
    extensions: ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,digitalSignature"],
  });
  const { apiService, host } = addressesOf(state.slot);
  const names = ["IP:127.0.0.1", `IP:${apiService}`, `IP:${host}`, ...serverNames.map((name) => `DNS:${name}`)].join(
    ",",
  );
  const subjects = { ...parties, node: { user: `system:node:${nodeName(state.name)}`, group: "system:nodes" } };
  await Promise.all([
    issue({
      folder,
      file: "server",
      signed: true,
      subject: "/CN=kube-apiserver",
      extensions: [`subjectAltName=${names}`, "extendedKeyUsage=serverAuth"],
    }),
    run("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", join(folder, "accounts.key")]),
    ...Object.entries(subjects).map(([file, { user, group }]) =>
      issue({
        folder,
        file,
        signed: true,
        subject: `/O=${group}/CN=${user}`,
        extensions: ["extendedKeyUsage=clientAuth"],
      }),
    ),
  ]);
}

interface Issue {
  readonly folder: string;
  readonly file: string;
  readonly subject: string;
  readonly signed?: boolean;
  readonly extensions: readonly string[];
}

const ellipticKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
const requestWords = ["req", "-x509", ...ellipticKey, "-days", "3650"];

async function issue({ folder, file, subject, signed, extensions }: Issue): Promise<void> {
  const path = (name: string): string => join(folder, name);
  const subjectWords = ["-subj", subject, "-keyout", path(`${file}.key`), "-out", path(`${file}.crt`)];
  const signWords = ["-CA", path("ca.crt"), "-CAkey", path("ca.key"), "-addext", "basicConstraints=critical,CA:FALSE"];
  await run("openssl", [
    ...requestWords,
    "-config",
    path("openssl.cnf"),
    ...subjectWords,
    ...(signed ? signWords : []),
    ...extensions.flatMap((extension) => ["-addext", extension]),
  ]);
}

function keyPair(name: string, file: string): KeyPair {
  return { certificate: join(keysFolder(name), `${file}.crt`), key: join(keysFolder(name), `${file}.key`) };
}
