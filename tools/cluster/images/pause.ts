// The image pause, which holds the namespaces of a pod. It is a sleeping busybox.
import { pauseImage } from "../node/containerd.ts";
import type { Image } from "./archive.ts";
import { programWithLibraries } from "./programFiles.ts";

// The trap ends it immediately on SIGTERM, because process 1 ignores signals without a handler.
const script = "trap 'exit 0' TERM INT; while true; do sleep 2147483647 & wait $!; done";

export async function pause(): Promise<Image> {
  const files = await programWithLibraries("busybox", "/bin/busybox");
  return { tag: pauseImage, files, entrypoint: ["/bin/busybox", "sh", "-c", script] };
}
