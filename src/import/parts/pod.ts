// The spec of a Kubernetes pod becomes a part of a component: its containers, its volumes, and the fields of the pod
// that kubemin supports.
import type { Json } from "../../model/data/json.ts";
import { place, valueAt } from "../mapping/importDraft.ts";
import { put, say } from "../mapping/ledger.ts";
import { advised, DEFAULT_ALREADY, WITH_UNIT, words } from "../mapping/reportWords.ts";
import {
  applyRules,
  asSeconds,
  type FieldRules,
  field,
  type InputPart,
  itemsOf,
  needless,
  onlyIf,
  refuse,
  take,
  turn,
} from "../mapping/rules.ts";
import { extraContainer, mainContainer, namedPorts, type PodShared } from "./container.ts";
import type { ObjectNames } from "./env.ts";
import { type OwnPods, SCHEDULING } from "./scheduling.ts";
import { securityContexts } from "./security.ts";
import { type Volume, type VolumeClaimLookup, volumesOf } from "./volumes.ts";

const RESTART = words("not needed: the component's type decides it", "无需填写：由组件类型决定");
const OF_THE_NODE = advised(
  ["an application cannot use the network and the namespaces of the node", "应用不能使用节点的网络与名字空间"],
  [
    "leave it out, or keep the workload as it is in a component of type objects",
    "请删除，或用 objects 组件保留原工作负载",
  ],
);

const POD: FieldRules<PodShared> = {
  imagePullSecrets: (part) => {
    for (const [index, item] of itemsOf(part).entries()) {
      const name = field(item, "name");
      if (name)
        put(
          part.importing.ledger,
          { draft: part.draft, path: ["properties", "pullSecrets", index] },
          name.value,
          name.at,
        );
    }
  },
  restartPolicy: needless(RESTART),
  terminationGracePeriodSeconds: (part) =>
    part.value === 30
      ? needless(DEFAULT_ALREADY)(part)
      : turn(["traits", "lifecycle", "grace"], asSeconds, WITH_UNIT)(part),
  dnsPolicy: onlyIf((value: Json) => value === "ClusterFirst", DEFAULT_ALREADY, OF_THE_NODE),
  schedulerName: (part) =>
    part.value === "default-scheduler"
      ? needless(DEFAULT_ALREADY)(part)
      : take("traits", "placement", "scheduler")(part),
  hostNetwork: onlyIf((value: Json) => value === false, DEFAULT_ALREADY, OF_THE_NODE),
  hostPID: onlyIf((value: Json) => value === false, DEFAULT_ALREADY, OF_THE_NODE),
  hostIPC: onlyIf((value: Json) => value === false, DEFAULT_ALREADY, OF_THE_NODE),
  hostAliases: refuse(OF_THE_NODE),
  serviceAccountName: account,
  serviceAccount: account,
  automountServiceAccountToken: token,
  ...SCHEDULING,
};

const NO_ACCOUNT = words("not needed: every pod has this account", "无需填写：每个 Pod 默认使用该账户");

function account(part: InputPart<PodShared>): void {
  if (part.value === "default") needless(NO_ACCOUNT)(part);
  else take("traits", "serviceAccount", "use")(part);
}

/**
 * kubemin mounts a token only if the document asks for it, which needs an account; the account is `default` if the pod
 * names none.
 */
function token(part: InputPart<PodShared>): void {
  if (part.value === false) return needless(DEFAULT_ALREADY)(part);
  const named = valueAt(part.draft, ["traits", "serviceAccount", "use"]) !== undefined;
  if (!named) place(part.draft, ["traits", "serviceAccount", "use"], "default");
  take("traits", "serviceAccount", "token")(part);
}

/**
 * Imports the spec of a pod; returns the named ports of its main container. `templates` are volumes from claim
 * templates of a StatefulSet.
 */
export function importPod(
  spec: InputPart<ObjectNames & VolumeClaimLookup & OwnPods>,
  templates: ReadonlyMap<string, Volume> = new Map(),
): ReadonlyMap<string, number> {
  const containers = itemsOf(field(spec, "containers") ?? { ...spec, value: [] });
  const ports = namedPorts(containers[0]);
  const volumes = new Map([...volumesOf(field(spec, "volumes")), ...templates]);
  const shared: PodShared = { ...spec.shared, volumes, ports };
  applyRules(POD, { ...spec, shared });
  const [main, ...others] = containers;
  const inits = itemsOf(field(spec, "initContainers") ?? { ...spec, value: [] });
  securityContexts({
    pod: field(spec, "securityContext"),
    main: main && field(main, "securityContext"),
    others: [...others, ...inits].map((one) => field(one, "securityContext")),
  });
  if (main) mainContainer({ ...main, shared });
  for (const init of inits)
    extraContainer({ ...init, shared }, field(init, "restartPolicy")?.value === "Always" ? "sidecar" : "init");
  for (const other of others) extraContainer({ ...other, shared }, "sidecar");
  unmounted({ ...spec, shared });
  return ports;
}

const UNMOUNTED = advised(["no container mounts this volume", "没有容器挂载该卷"], ["leave it out", "请删除"]);

function unmounted({ importing, shared }: InputPart<PodShared>): void {
  for (const volume of shared.volumes.values())
    if (volume !== undefined) say(importing.ledger, volume.source.at, "unsupported", UNMOUNTED);
}
