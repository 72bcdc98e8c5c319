// The built-in definitions: this list is the support matrix.
import type { Pack } from "./catalog.ts";
import { config } from "./components/config.ts";
import { secret } from "./components/secret.ts";
import { store } from "./components/store.ts";
import { task } from "./components/task.ts";
import { webservice } from "./components/webservice.ts";
import { worker } from "./components/worker.ts";
import { deploy } from "./jobs/deploy.ts";
import { prune } from "./jobs/prune.ts";
import { remove } from "./jobs/remove.ts";
import { task as runTask } from "./jobs/task.ts";
import { env } from "./traits/env.ts";
import { init } from "./traits/init.ts";
import { probes } from "./traits/probes.ts";
import { resources } from "./traits/resources.ts";
import { route } from "./traits/route.ts";
import { sidecar } from "./traits/sidecar.ts";
import { storage } from "./traits/storage.ts";

export const builtins: Pack = {
  name: "kubemin",
  components: [webservice, worker, store, task, config, secret],
  traits: [storage, env, probes, resources, sidecar, init, route],
  jobs: [deploy, runTask, prune, remove],
};
