// An image registry on the cluster's node: a pod in the node's network that serves a few files. The container runtime
// uses plain HTTP because it is on localhost. It has only two images, and neither can run: one is for other machines,
// one needs a password.

import { dig } from "../../../src/model/data/json.ts";
import { BUSYBOX } from "./documents.ts";
import { apply, until } from "./kubectl.ts";

const PORT = 5077;
const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";

export const MISSING_IMAGE = `localhost:${PORT}/missing:1`;
export const PRIVATE_IMAGE = `localhost:${PORT}/private:1`;
export const FOREIGN_IMAGE = `localhost:${PORT}/foreign:v1.json`;
/** A port on which no program listens. */
export const ABSENT_REGISTRY = `localhost:${PORT + 1}/shop:1`;

const index = JSON.stringify({
  schemaVersion: 2,
  mediaType: INDEX_TYPE,
  manifests: [
    {
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: `sha256:${"0".repeat(64)}`,
      size: 2,
      platform: { architecture: "s390x", os: "linux" },
    },
  ],
});

const SERVE = `mkdir -p /www/v2/foreign/manifests
echo '{}' > /www/v2/index.html
cd /www/v2/foreign/manifests
printf %s "$INDEX" > v1.json
cp v1.json "sha256:$(sha256sum < v1.json | cut -d' ' -f1)"
printf '.json:${INDEX_TYPE}\\n/v2/private:kubemin:secret\\n' > /etc/httpd.conf
exec httpd -f -p 127.0.0.1:${PORT} -h /www -c /etc/httpd.conf`;

export async function startRegistry(namespace: string): Promise<void> {
  await apply(namespace, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "registry" },
    spec: {
      hostNetwork: true,
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          name: "main",
          image: BUSYBOX,
          command: ["sh", "-c", SERVE],
          env: [{ name: "INDEX", value: index }],
          readinessProbe: { tcpSocket: { host: "127.0.0.1", port: PORT }, periodSeconds: 1 },
        },
      ],
    },
  });
  const isReady = (pod: unknown): boolean => {
    const conditions = dig(pod, "status", "conditions");
    return (
      Array.isArray(conditions) &&
      conditions.some((one) => dig(one, "type") === "Ready" && dig(one, "status") === "True")
    );
  };
  await until(namespace, "pods", (pods) => pods.some((pod) => pod.metadata.name === "registry" && isReady(pod)));
}
