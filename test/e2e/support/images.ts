// Builds images that examples name and no other test needs, from programs of this machine. If a program is missing, its
// Debian package is installed; if that fails, so does the test, with a message.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { ensureBuilt } from "../../../tools/cluster/build.ts";
import { importImage } from "../../../tools/cluster/images/images.ts";
import { programFileWithLibraries, programWithLibraries } from "../../../tools/cluster/images/programFiles.ts";
import { goModules } from "../../../tools/cluster/modules.ts";
import { kubectlProgram } from "./environment.ts";

export const SSH_IMAGE = "docker.io/alpine/openssh:9";
export const SSHD_IMAGE = "docker.io/kubemin-test/sshd:1";
export const HELM_IMAGE = "docker.io/alpine/helm:4";
export const KUBECTL_IMAGE = "docker.io/alpine/kubectl:1.34";

const SSHD = "/usr/sbin/sshd";
/** The user of a job's pod, and the user on the host to which it connects. */
const USERS = {
  "/etc/passwd": {
    content: "root:x:0:0:root:/root:/bin/sh\njob:x:10001:10001::/tmp:/bin/sh\nops:x:1000:1000::/home:/bin/sh\n",
  },
};

function ensureSshd(): void {
  if (existsSync(SSHD)) return;
  if (process.getuid?.() !== 0)
    throw new Error("there is no sshd here, and installing it needs root: apt-get install openssh-server");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  execFileSync("apt-get", ["update", "-qq"], { env, stdio: "ignore" });
  execFileSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", "openssh-server", "openssh-client"], {
    env,
    stdio: "ignore",
  });
}

/** Two images with OpenSSH: the client that jobs run, and a server that acts as a host. */
export async function importSsh(): Promise<void> {
  ensureSshd();
  await importImage({
    tag: SSH_IMAGE,
    files: { ...(await programWithLibraries("ssh", "/usr/bin/ssh")), ...USERS },
  });
  await importImage({ tag: SSHD_IMAGE, files: { ...(await programFileWithLibraries(SSHD, SSHD)), ...USERS } });
}

export async function importHelm(): Promise<string> {
  const built = await ensureBuilt(goModules.helm, (line) => process.stderr.write(`helm: ${line}\n`));
  await importImage({
    tag: HELM_IMAGE,
    files: { "/usr/bin/helm": { content: readFileSync(built.program("helm")), mode: 0o755 } },
  });
  return built.program("helm");
}

export async function importKubectl(): Promise<void> {
  await importImage({
    tag: KUBECTL_IMAGE,
    files: { "/usr/bin/kubectl": { content: readFileSync(kubectlProgram()), mode: 0o755 } },
  });
}
