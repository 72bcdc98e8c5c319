// A worker for a kubemin job type in TypeScript. Run it beside kubemin: WORKER_SECRET=... node worker.ts 8091
import { startWorker, TaskFailure } from "kubemin/worker";

const worker = await startWorker({
  secret: process.env["WORKER_SECRET"] ?? "",
  port: Number(process.argv[2] ?? 0),
  handlers: {
    async thumbnails({ input, progress, signal }) {
      const images = Array.isArray(input["images"]) ? input["images"] : [];
      if (images.length === 0) throw new TaskFailure("NoImages", "the list of images is empty");
      for (const [index, image] of images.entries()) {
        if (signal.aborted) throw new TaskFailure("Stopped", "kubemin took the work away", { retryable: true });
        progress(Math.round((100 * (index + 1)) / images.length), String(image));
      }
      return { made: images.length };
    },
  },
});
console.log(worker.url);
