// Errors about whole clusters: registering and choosing one, its credential, its refusals. Rows of the table of errors.
import type { ErrorRow } from "./errorRow.ts";

export const CLUSTER_ERRORS = {
  ClusterUnreachable: {
    status: 503,
    exit: 3,
    who: "operator",
    text: { en: "cluster {cluster} cannot be reached: {detail}", zh: "无法连接集群 {cluster}：{detail}" },
    advice: { en: "check the cluster and its credentials: kubemin doctor", zh: "请检查集群与凭据：kubemin doctor" },
  },
  CredentialRefused: {
    status: 503,
    exit: 3,
    who: "operator",
    text: {
      en: "cluster {cluster} does not accept the credential: it was revoked, has expired, or was never valid there",
      zh: "集群 {cluster} 不接受该凭据：已被吊销、已过期或从未有效",
    },
    advice: {
      en: "create a new one on the cluster, then: kubemin cluster update {cluster} --kubeconfig FILE (if the cluster comes from --context: fix the kubeconfig)",
      zh: "请在集群上新建凭据，然后：kubemin cluster update {cluster} --kubeconfig 文件（若由 --context 指定，请修复 kubeconfig）",
    },
  },
  KubeconfigInvalid: {
    status: 422,
    exit: 2,
    who: "you",
    text: {
      en: "the kubeconfig cannot be used for cluster {cluster}: {detail}",
      zh: "kubeconfig 不能用于集群 {cluster}：{detail}",
    },
    advice: {
      en: "nothing was registered; fix the file, or name another context",
      zh: "没有注册任何内容；请修改文件或指定其他上下文",
    },
  },
  KubeconfigNamesFiles: {
    status: 422,
    exit: 2,
    who: "you",
    text: {
      en: "the kubeconfig for cluster {cluster} names files, which the server must not read: {files}",
      zh: "集群 {cluster} 的 kubeconfig 引用了文件，服务器不会读取：{files}",
    },
    advice: {
      en: "send their contents instead: kubectl config view --flatten --minify, or kubemin cluster add, which does it",
      zh: "请改为内嵌内容：kubectl config view --flatten --minify，或使用会自动处理的 kubemin cluster add",
    },
  },
  PluginNotAllowed: {
    status: 422,
    exit: 2,
    who: "operator",
    text: {
      en: "the kubeconfig for cluster {cluster} wants to run the program {command} on the server",
      zh: "集群 {cluster} 的 kubeconfig 要求在服务器上运行程序 {command}",
    },
    advice: {
      en: "use a token or a certificate; or ask the operator to start every server process with --allow-exec {command}",
      zh: "请使用令牌或证书；或由运维人员在所有服务器进程上加 --allow-exec {command}",
    },
  },
  CredentialInClear: {
    status: 422,
    exit: 2,
    who: "you",
    text: {
      en: "{server} is not encrypted: the credential of cluster {cluster} would be sent as plain text",
      zh: "{server} 未加密：集群 {cluster} 的凭据将以明文传输",
    },
    advice: { en: "use the https address of the API server", zh: "请使用 API 服务器的 https 地址" },
  },
  ClusterKnown: {
    status: 409,
    exit: 6,
    who: "you",
    text: { en: "the server has a cluster {cluster} already", zh: "服务器已有集群 {cluster}" },
    advice: {
      en: "change it with: kubemin cluster update {cluster}, or take another name",
      zh: "请用 kubemin cluster update {cluster} 修改，或换一个名称",
    },
  },
  ClusterFromStart: {
    status: 409,
    exit: 6,
    who: "operator",
    text: {
      en: "cluster {cluster} was named when the server was started, so it is not changed here",
      zh: "集群 {cluster} 是启动服务器时指定的，不能在此修改",
    },
    advice: { en: "start the server with other options", zh: "请以其他选项启动服务器" },
  },
  ClusterInUse: {
    status: 409,
    exit: 6,
    who: "you",
    text: {
      en: "cluster {cluster} is in use: {applications} applications ({names}), {runs} unfinished runs",
      zh: "集群 {cluster} 正在使用：{applications} 个应用（{names}），{runs} 个未完成的运行",
    },
    advice: {
      en: "delete the applications first; or, if the cluster no longer exists: cancel the runs, then kubemin cluster remove {cluster} --force, which forgets the applications and changes nothing on the cluster",
      zh: "请先删除应用；若集群已不复存在：取消运行后执行 kubemin cluster remove {cluster} --force（仅遗忘应用，不触碰集群）",
    },
  },
  OtherCluster: {
    status: 409,
    exit: 6,
    who: "you",
    text: {
      en: "{server} is another cluster than the one registered as {cluster}: kubemin would lose track of what was deployed there",
      zh: "{server} 与已注册的 {cluster} 不是同一个集群：已部署的内容会失去管理",
    },
    advice: { en: "register it under another name", zh: "请用新的名称注册" },
  },
  ClusterNotKnownHere: {
    status: 409,
    exit: 6,
    who: "operator",
    text: {
      en: "the application runs on cluster {cluster}, which this server does not know (it knows {known})",
      zh: "应用运行在集群 {cluster} 上，而该服务器没有注册此集群（已知：{known}）",
    },
    advice: {
      en: "register it (kubemin cluster add {cluster}), start the server with it, or deploy under another name",
      zh: "请注册该集群（kubemin cluster add {cluster}）、启动服务器时指定它，或以其他名称部署",
    },
  },
  NoCluster: {
    status: 400,
    exit: 2,
    who: "operator",
    text: { en: "this server has no cluster", zh: "该服务器没有集群" },
    advice: {
      en: "register one with kubemin cluster add, or start the server with --context",
      zh: "请用 kubemin cluster add 注册，或用 --context 启动服务器",
    },
  },
  ClusterUnchosen: {
    status: 400,
    exit: 2,
    who: "you",
    text: { en: "this server knows several clusters: {known}", zh: "该服务器有多个集群：{known}" },
    advice: { en: "name one of them with --cluster", zh: "请用 --cluster 指定其中一个" },
  },
  RefusedByCluster: {
    status: 409,
    exit: 6,
    who: "you",
    text: { en: "the cluster refused the request: {cause}", zh: "集群拒绝了请求：{cause}" },
    advice: {
      en: "remove the cause that the sentence names, then send the request again",
      zh: "请先排除上述原因，然后重新发送请求",
    },
  },
  NoNetworkToProbe: {
    status: 409,
    exit: 6,
    who: "you",
    text: {
      en: "the network of cluster {cluster} cannot be tried out: it is simulated",
      zh: "集群 {cluster} 的网络是模拟的，无法测试",
    },
    advice: { en: "name a real cluster", zh: "请指定真实的集群" },
  },
  ClusterNotForProject: {
    status: 403,
    exit: 4,
    who: "operator",
    text: { en: "project {project} may not use cluster {cluster}", zh: "项目 {project} 不能使用集群 {cluster}" },
    advice: { en: "it may use: {known}", zh: "可用：{known}" },
  },
} as const satisfies Record<string, ErrorRow>;
