// The spec of a pod, to a component: its containers, its volumes, and the few fields of the pod that have a place.
import type { Json } from "../../model/json.ts";
import { put, say } from "../ledger.ts";
import { applyRules, field, itemsOf, needless, onlyIf, type Rules, refuse, type Spot } from "../rules.ts";
import { advised, DEFAULT_ALREADY, words } from "../words.ts";
import { extraContainer, mainContainer, namedPorts, type PodShared } from "./container.ts";
import type { Names } from "./env.ts";
import { type Claims, type Volume, volumesOf } from "./volumes.ts";

const GRACE = advised(
  ["pods always get 30 s to end", "Pod 始终有 30 秒结束时间"],
  ["leave it out, or make the program end sooner", "请删除，或让程序更快结束"],
);
const RESTART = words("not needed: the component's type decides it", "无需填写：由组件类型决定");
const SCHEDULING = advised(
  ["where pods run has no field here yet", "尚无对应的调度字段"],
  ["see kubemin explain for a trait of this server that says it", "请用 kubemin explain 查看该服务器是否有相应特征"],
);

const POD: Rules<PodShared> = {
  imagePullSecrets: (spot) => {
    for (const [index, item] of itemsOf(spot).entries()) {
      const name = field(item, "name");
      if (name)
        put(
          spot.importing.ledger,
          { draft: spot.draft, path: ["properties", "pullSecrets", index] },
          name.value,
          name.at,
        );
    }
  },
  restartPolicy: needless(RESTART),
  terminationGracePeriodSeconds: onlyIf((value: Json) => value === 30, DEFAULT_ALREADY, GRACE),
  dnsPolicy: onlyIf((value: Json) => value === "ClusterFirst", DEFAULT_ALREADY, SCHEDULING),
  schedulerName: onlyIf((value: Json) => value === "default-scheduler", DEFAULT_ALREADY, SCHEDULING),
  securityContext: onlyIf(isEmpty, DEFAULT_ALREADY, SCHEDULING),
  nodeSelector: refuse(SCHEDULING),
  affinity: refuse(SCHEDULING),
  tolerations: refuse(SCHEDULING),
  topologySpreadConstraints: refuse(SCHEDULING),
};

function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** `templates`: volumes that the workload itself brings (claim templates of a StatefulSet). */
export function importPod(
  spec: Spot<Names & Claims>,
  templates: ReadonlyMap<string, Volume> = new Map(),
): ReadonlyMap<string, number> {
  const containers = itemsOf(field(spec, "containers") ?? { ...spec, value: [] });
  const ports = namedPorts(containers[0]);
  const volumes = new Map([...volumesOf(field(spec, "volumes")), ...templates]);
  const shared: PodShared = { ...spec.shared, volumes, ports };
  applyRules(POD, { ...spec, shared });
  const [main, ...others] = containers;
  if (main) mainContainer({ ...main, shared });
  for (const init of itemsOf(field(spec, "initContainers") ?? { ...spec, value: [] }))
    extraContainer({ ...init, shared }, field(init, "restartPolicy")?.value === "Always" ? "sidecar" : "init");
  for (const other of others) extraContainer({ ...other, shared }, "sidecar");
  unmounted({ ...spec, shared });
  return ports;
}

const UNMOUNTED = advised(["no container mounts this volume", "没有容器挂载该卷"], ["leave it out", "请删除"]);

function unmounted({ importing, shared }: Spot<PodShared>): void {
  for (const volume of shared.volumes.values())
    if (volume !== undefined) say(importing.ledger, volume.source.at, "unsupported", UNMOUNTED);
}
