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
import { approve } from "./jobs/approve.ts";
import { check } from "./jobs/check.ts";
import { deploy } from "./jobs/deploy.ts";
import { http } from "./jobs/http.ts";
import { join } from "./jobs/join.ts";
import { notify } from "./jobs/notify.ts";
import { prune } from "./jobs/prune.ts";
import { remove } from "./jobs/remove.ts";
import { task as runTask } from "./jobs/task.ts";
import { wait } from "./jobs/wait.ts";
import { disruption } from "./traits/disruption.ts";
import { env } from "./traits/env.ts";
import { gpu } from "./traits/gpu.ts";
import { init } from "./traits/init.ts";
import { lifecycle } from "./traits/lifecycle.ts";
import { metadata } from "./traits/metadata.ts";
import { network } from "./traits/network.ts";
import { placement } from "./traits/placement.ts";
import { probes } from "./traits/probes.ts";
import { rbac } from "./traits/rbac.ts";
import { resources } from "./traits/resources.ts";
import { rollout } from "./traits/rollout.ts";
import { route } from "./traits/route.ts";
import { scaling } from "./traits/scaling.ts";
import { security } from "./traits/security.ts";
import { service } from "./traits/service.ts";
import { serviceAccount } from "./traits/serviceAccount.ts";
import { sidecar } from "./traits/sidecar.ts";
import { storage } from "./traits/storage.ts";

export const builtins: Pack = {
  name: "kubemin",
  components: [webservice, worker, store, daemon, task, cron, config, secret, external, objects, helm],
  traits: [
    storage,
    env,
    probes,
    resources,
    gpu,
    scaling,
    rollout,
    lifecycle,
    placement,
    disruption,
    sidecar,
    init,
    service,
    route,
    network,
    serviceAccount,
    rbac,
    security,
    metadata,
  ],
  jobs: [deploy, runTask, check, prune, remove, join, wait, approve, notify, http],
};
