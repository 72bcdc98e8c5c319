// The list of all built-in definitions: component types, traits and job types.
import type { Pack } from "./catalog/catalog.ts";
import { config } from "./catalog/components/config.ts";
import { cron } from "./catalog/components/cron.ts";
import { daemon } from "./catalog/components/daemon.ts";
import { external } from "./catalog/components/external.ts";
import { helm } from "./catalog/components/helm.ts";
import { objects } from "./catalog/components/objects.ts";
import { secret } from "./catalog/components/secret.ts";
import { store } from "./catalog/components/store.ts";
import { task } from "./catalog/components/task.ts";
import { webservice } from "./catalog/components/webservice.ts";
import { worker } from "./catalog/components/worker.ts";
import { disruption } from "./catalog/traits/disruption.ts";
import { env } from "./catalog/traits/env.ts";
import { init } from "./catalog/traits/init.ts";
import { lifecycle } from "./catalog/traits/lifecycle.ts";
import { metadata } from "./catalog/traits/metadata.ts";
import { network } from "./catalog/traits/network.ts";
import { probes } from "./catalog/traits/probes.ts";
import { rbac } from "./catalog/traits/rbac.ts";
import { resources } from "./catalog/traits/resources.ts";
import { rollout } from "./catalog/traits/rollout.ts";
import { route } from "./catalog/traits/route.ts";
import { scaling } from "./catalog/traits/scaling.ts";
import { devices } from "./catalog/traits/scheduling/devices.ts";
import { gpu } from "./catalog/traits/scheduling/gpu.ts";
import { placement } from "./catalog/traits/scheduling/placement.ts";
import { queue } from "./catalog/traits/scheduling/queue.ts";
import { security } from "./catalog/traits/security.ts";
import { service } from "./catalog/traits/service.ts";
import { serviceAccount } from "./catalog/traits/serviceAccount.ts";
import { sidecar } from "./catalog/traits/sidecar.ts";
import { storage } from "./catalog/traits/storage.ts";
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

export const builtins: Pack = {
  name: "kubemin",
  components: [webservice, worker, store, daemon, task, cron, config, secret, external, objects, helm],
  traits: [
    storage,
    env,
    probes,
    resources,
    gpu,
    devices,
    queue,
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
