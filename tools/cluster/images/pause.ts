// Holds a pod's namespaces. busybox sleeping does it.
import { pauseImage } from "../node/containerd.ts";
import type { Image } from "./archive.ts";
import { programWithLibraries } from "./programFiles.ts";

// The trap makes it end at once on SIGTERM: process 1 ignores signals it does not ask for.
const script = "trap 'exit 0' TERM INT; while true; do sleep 2147483647 & wait $!; done";

export async function pause(): Promise<Image> {
  const files = await programWithLibraries("busybox", "/bin/busybox");
  return { tag: pauseImage, files, entrypoint: ["/bin/busybox", "sh", "-c", script] };
}
