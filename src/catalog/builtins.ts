// The built-in definitions: this list is the support matrix.
import type { Pack } from "./catalog.ts";
import { config } from "./components/config.ts";
import { cron } from "./components/cron.ts";
import { daemon } from "./components/daemon.ts";
import { external } from "./components/external.ts";
import { helm } from "./components/helm.ts";
import { objects } from "./components/objects.ts";
import { secret } from "./components/secret.ts";
import { store } from "./components/store.ts";
import { task } from "./components/task.ts";
import { webservice } from "./components/webservice.ts";
import { worker } from "./components/worker.ts";
import { check } from "./jobs/check.ts";
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
  components: [webservice, worker, store, daemon, task, cron, config, secret, external, objects, helm],
  traits: [storage, env, probes, resources, sidecar, init, route],
  jobs: [deploy, runTask, check, prune, remove],
};
