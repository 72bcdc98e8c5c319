// Fields of a Compose service that kubemin does not support, each with the reason and with what to do instead.
import { advised, NO_OTHER_FILES, words } from "../mapping/reportWords.ts";
import { type FieldRules, needless, refuse } from "../mapping/rules.ts";

const OF_THE_NODE = (en: string, zh: string) =>
  refuse(
    advised(
      [en, zh],
      ["leave it out; the operator of the cluster decides what is allowed", "请删除；能否使用由集群的运维人员决定"],
    ),
  );
const MEANINGLESS = needless(words("has no meaning on a cluster", "在集群上没有意义"));
const EXTENDS = refuse(NO_OTHER_FILES);
const SECURITY = OF_THE_NODE("a document cannot grant rights on the node", "文档不能授予节点权限");
const NETWORK = refuse(
  advised(
    ["components reach each other by name; there are no other networks", "组件之间均可按名称访问，没有其他网络"],
    ["use network policies of the cluster to isolate components", "请用集群的网络策略隔离组件"],
  ),
);

export const REFUSALS: FieldRules = {
  build: refuse(
    advised(
      ["kubemin deploys images but does not build them", "kubemin 只部署镜像，不构建镜像"],
      ["build and push it, and write the image's name into the document", "请自行构建并推送，然后把镜像名写入文档"],
    ),
  ),
  extends: EXTENDS,
  container_name: needless(words("not needed: Kubernetes names the pods", "无需填写：Pod 由 Kubernetes 命名")),
  hostname: needless(words("not needed: a component is reached by its name", "无需填写：按组件名访问")),
  domainname: NETWORK,
  links: needless(words("not needed: components reach each other by their names", "无需填写：组件之间按名称访问")),
  network_mode: NETWORK,
  networks: NETWORK,
  external_links: NETWORK,
  extra_hosts: NETWORK,
  dns: NETWORK,
  dns_search: NETWORK,
  dns_opt: NETWORK,
  mac_address: NETWORK,
  security_opt: SECURITY,
  devices: SECURITY,
  device_cgroup_rules: SECURITY,
  pid: SECURITY,
  ipc: SECURITY,
  uts: SECURITY,
  userns_mode: SECURITY,
  cgroup: SECURITY,
  cgroup_parent: SECURITY,
  sysctls: SECURITY,
  ulimits: OF_THE_NODE("limits of processes are set by the node", "进程限制由节点设置"),
  logging: needless(words("not needed: the cluster collects what the program prints", "无需填写：程序输出由集群收集")),
  init: needless(
    words(
      "has no counterpart: the program is the first process of its container",
      "没有对应功能：程序即容器的首个进程",
    ),
  ),
  stdin_open: MEANINGLESS,
  tty: MEANINGLESS,
  attach: MEANINGLESS,
  develop: MEANINGLESS,
  platform: OF_THE_NODE("the cluster chooses a node that can run the image", "由集群选择可运行该镜像的节点"),
  runtime: OF_THE_NODE("the node decides the container runtime", "容器运行时由节点决定"),
  profiles: refuse(
    advised(
      ["every component of a document is deployed", "文档中的组件都会部署"],
      ["put optional services into a separate document", "请把可选服务放到另一个文档"],
    ),
  ),
  stop_signal: OF_THE_NODE("pods are always stopped with SIGTERM", "Pod 始终以 SIGTERM 结束"),
  isolation: MEANINGLESS,
};
