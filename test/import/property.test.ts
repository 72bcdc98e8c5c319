// For any input: every leaf is reported exactly once, and the result is a document that kubemin accepts.
import fc from "fast-check";
import { describe, it } from "vitest";
import { attempt, holds } from "./imported.ts";

const name = fc.constantFrom("web", "db", "My_App", "a.b", "9lives", "x".repeat(50), "__proto__", "");
const text = fc.constantFrom("", "a", "$(A) $$ ${B:-c}", "${MISSING}", "10", "yes", "/data", "../x", "日本");
const scalar = fc.oneof(text, fc.integer({ min: -5, max: 70_000 }), fc.boolean(), fc.constant(null));
const junk = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("node"), { maxLength: 3 }),
    fc.dictionary(name, tie("node"), { maxKeys: 3 }),
  ),
})).node;

/** A record in which each field is missing, right, or of any other type. */
function fields(model: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> {
  const entries = Object.entries(model).map(
    ([key, good]) => [key, fc.oneof({ weight: 8, arbitrary: good }, { weight: 1, arbitrary: junk })] as const,
  );
  return fc
    .record(Object.fromEntries(entries), { requiredKeys: [] })
    .chain((made) =>
      fc.oneof(
        { weight: 4, arbitrary: fc.constant(made) },
        { weight: 1, arbitrary: junk.map((extra) => ({ ...made, unheardOf: extra })) },
      ),
    );
}
const list = (item: fc.Arbitrary<unknown>) => fc.array(item, { maxLength: 3 });
const map = (item: fc.Arbitrary<unknown>) => fc.dictionary(name, item, { maxKeys: 3 });
const image = fc.constantFrom("busybox:1.36", "redis", "not an image", "app:${TAG}");
const port = fc.constantFrom(80, 8080, "http", 0);
const words = list(text);
const env = list(
  fields({
    name,
    value: text,
    valueFrom: fields({
      secretKeyRef: fields({ name, key: name, optional: fc.boolean() }),
      fieldRef: fields({ fieldPath: fc.constant("status.podIP") }),
    }),
  }),
);
const probe = fields({
  httpGet: fields({ path: text, port }),
  tcpSocket: fields({ port }),
  exec: fields({ command: words }),
  periodSeconds: fc.integer(),
  successThreshold: fc.constant(1),
});
const amounts = fields({ cpu: fc.constantFrom("100m", 1, "x"), memory: fc.constantFrom("64Mi", 1024) });
const metadata = fields({
  name,
  namespace: fc.constantFrom("shop", "Other Space"),
  labels: map(text),
  annotations: map(text),
});

const service = fields({
  image,
  build: fc.oneof(text, fields({ context: text })),
  command: fc.oneof(text, words),
  entrypoint: fc.oneof(fc.constant("sh -c 'a b'"), fc.constant("'open")),
  environment: fc.oneof(map(scalar), list(fc.constantFrom("A=1", "B", "=x", "C=$$x"))),
  env_file: fc.oneof(text, list(text)),
  ports: list(
    fc.constantFrom("80", 8080, "8080:80", "1-300", "53:53/udp", { target: 80, published: "8080", mode: "host" }, "x"),
  ),
  expose: list(fc.constantFrom("80", 9000)),
  volumes: list(
    fc.constantFrom(
      "data:/data",
      "data:/data",
      "./x:/y:ro",
      "/anon",
      "data:relative",
      { type: "tmpfs", target: "/t", tmpfs: { size: 5 } },
      { type: "volume", source: "data", target: "/v", volume: { nocopy: true } },
    ),
  ),
  depends_on: fc.oneof(
    list(name),
    map(
      fields({
        condition: fc.constantFrom("service_healthy", "service_completed_successfully"),
        required: fc.boolean(),
      }),
    ),
  ),
  healthcheck: fields({
    test: fc.oneof(text, fc.constantFrom(["CMD", "a"], ["NONE"], ["CMD-SHELL", "x"])),
    interval: fc.constantFrom("1s", "soon"),
    retries: fc.integer({ min: -1, max: 5 }),
    start_period: text,
  }),
  deploy: fields({
    mode: fc.constantFrom("replicated", "global", "replicated-job"),
    replicas: fc.integer({ min: -1, max: 3 }),
    resources: fields({
      limits: fields({ cpus: text, memory: fc.constantFrom("64M", "x") }),
      reservations: fields({
        devices: list(
          fields({ driver: text, count: fc.constantFrom(1, "all", 0), capabilities: list(fc.constant("gpu")) }),
        ),
      }),
    }),
    placement: fields({ constraints: list(fc.constantFrom("node.labels.disk==ssd", "node.role == manager", 5)) }),
    update_config: fields({ order: fc.constantFrom("start-first", "x") }),
  }),
  restart: fc.constantFrom("always", "on-failure:2", "no"),
  secrets: list(fc.oneof(name, fields({ source: name, target: text, mode: fc.integer() }))),
  configs: list(name),
  networks: fc.oneof(list(name), map(fc.constantFrom(null, { aliases: ["x"] }))),
  tmpfs: fc.oneof(text, list(text)),
  shm_size: fc.constantFrom("64m", 5),
  privileged: fc.boolean(),
  user: fc.constantFrom("1000", "1000:5", "root", 0),
  group_add: list(fc.constantFrom("5", 7, "wheel")),
  cap_add: list(fc.constantFrom("NET_ADMIN", "CAP_CHOWN", "no such")),
  cap_drop: list(fc.constant("ALL")),
  read_only: fc.boolean(),
  stop_grace_period: fc.constantFrom("1m", "2s", "soon"),
});
const compose = fc.record({
  services: fc.dictionary(name, service, { minKeys: 1, maxKeys: 3 }),
  volumes: map(fc.constantFrom(null, {}, { external: true }, { driver: "nfs", name: "x" })),
  secrets: map(fc.constantFrom({ file: "./a" }, { environment: "A" }, { external: true, name: "y" }, null)),
  configs: map(fc.constantFrom({ content: "x" }, { file: "b" })),
  "x-more": junk,
});

const mounts = list(
  fields({
    name: fc.constantFrom("a", "b"),
    mountPath: fc.constantFrom("/a", "/b", "c"),
    readOnly: fc.boolean(),
    subPath: text,
  }),
);
const security = fields({
  runAsUser: fc.constantFrom(0, 1000, "1000"),
  fsGroup: fc.constantFrom(5, -5),
  runAsNonRoot: fc.boolean(),
  allowPrivilegeEscalation: fc.boolean(),
  readOnlyRootFilesystem: fc.boolean(),
  privileged: fc.boolean(),
  seccompProfile: fc.constantFrom({ type: "RuntimeDefault" }, { type: "Unconfined" }),
  capabilities: fields({ add: list(fc.constantFrom("NET_ADMIN", "x")), drop: fc.constantFrom(["ALL"], ["KILL"]) }),
});
const own = fc.constantFrom({ matchLabels: { app: "web" } }, { matchLabels: { other: "pods" } });
const expressions = list(
  fields({ key: name, operator: fc.constantFrom("In", "Exists"), values: list(fc.constantFrom("a", "b")) }),
);
const scheduling = {
  nodeSelector: map(text),
  tolerations: list(
    fields({ key: name, operator: fc.constantFrom("Exists", "Equal"), value: text, tolerationSeconds: fc.integer() }),
  ),
  affinity: fields({
    nodeAffinity: fields({
      requiredDuringSchedulingIgnoredDuringExecution: fields({
        nodeSelectorTerms: list(fields({ matchExpressions: expressions })),
      }),
      preferredDuringSchedulingIgnoredDuringExecution: list(
        fields({ weight: fc.integer(), preference: fields({ matchExpressions: expressions }) }),
      ),
    }),
    podAntiAffinity: fields({
      requiredDuringSchedulingIgnoredDuringExecution: list(
        fields({ topologyKey: fc.constant("kubernetes.io/hostname"), labelSelector: own }),
      ),
    }),
  }),
  topologySpreadConstraints: list(
    fields({
      maxSkew: fc.integer({ min: -1, max: 3 }),
      topologyKey: fc.constantFrom("kubernetes.io/hostname", "example.com/rack", "?"),
      whenUnsatisfiable: fc.constantFrom("DoNotSchedule", "ScheduleAnyway"),
      labelSelector: own,
      minDomains: fc.integer(),
    }),
  ),
  priorityClassName: name,
  serviceAccountName: fc.constantFrom("robot", "default"),
  automountServiceAccountToken: fc.boolean(),
  securityContext: security,
};
const container = fields({
  name,
  image,
  command: words,
  args: words,
  env,
  envFrom: list(fields({ configMapRef: fields({ name }), secretRef: fields({ name }) })),
  resources: fields({ requests: amounts, limits: amounts }),
  ports: list(fields({ name: fc.constant("http"), containerPort: port })),
  readinessProbe: probe,
  volumeMounts: mounts,
  lifecycle: fc.oneof(
    junk,
    fields({
      preStop: fields({
        sleep: fields({ seconds: fc.integer({ min: -1, max: 40 }) }),
        exec: fields({ command: words }),
      }),
    }),
  ),
  securityContext: security,
  restartPolicy: fc.constant("Always"),
});
const volumes = list(
  fc.oneof(
    fields({ name: fc.constantFrom("a", "b"), emptyDir: fields({ sizeLimit: fc.constantFrom("1Gi", 5) }) }),
    fields({ name: fc.constant("a"), configMap: fields({ name, items: list(fields({ key: name, path: text })) }) }),
    fields({ name: fc.constant("b"), persistentVolumeClaim: fields({ claimName: name }) }),
    fields({ name: fc.constant("a"), hostPath: junk }),
  ),
);
const template = fields({
  metadata: fields({ labels: fc.constantFrom({ app: "web" }, { app: "db" }) }),
  spec: fields({
    containers: fc.array(container, { minLength: 1, maxLength: 2 }),
    initContainers: list(container),
    volumes,
    ...scheduling,
    terminationGracePeriodSeconds: fc.constantFrom(30, 5),
  }),
});
const object = (apiVersion: string, kind: string, rest: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fields(rest).chain((made) => metadata.map((about) => ({ ...made, apiVersion, kind, metadata: about })));
const manifests = fc.array(
  fc.oneof(
    object("apps/v1", "Deployment", {
      spec: fields({
        replicas: fc.integer({ min: 0, max: 3 }),
        template,
        selector: fields({ matchLabels: map(text) }),
        strategy: fields({
          type: fc.constantFrom("Recreate", "RollingUpdate", "constructor"),
          rollingUpdate: fields({ maxSurge: fc.constantFrom(0, 1, "25%"), maxUnavailable: fc.constantFrom(0, "x") }),
        }),
        minReadySeconds: fc.integer({ min: -1, max: 5 }),
        paused: fc.boolean(),
      }),
      status: junk,
    }),
    object("apps/v1", "StatefulSet", {
      spec: fields({
        template,
        volumeClaimTemplates: list(
          fields({
            metadata: fields({ name: fc.constantFrom("a", "b") }),
            spec: fields({ resources: fields({ requests: fields({ storage: fc.constantFrom("1Gi", 7) }) }) }),
          }),
        ),
      }),
    }),
    object("batch/v1", "Job", {
      spec: fields({ template, backoffLimit: fc.integer({ min: 0, max: 30 }), activeDeadlineSeconds: fc.integer() }),
    }),
    object("v1", "Service", {
      spec: fields({
        selector: fc.constantFrom({ app: "web" }, { app: "db" }, {}),
        ports: list(fields({ name, port, targetPort: port, nodePort: fc.integer() })),
        clusterIP: fc.constant("None"),
        type: fc.constantFrom("NodePort", "ClusterIP", "ExternalName"),
        sessionAffinity: fc.constantFrom("ClientIP", "None"),
        sessionAffinityConfig: fields({ clientIP: fields({ timeoutSeconds: fc.integer() }) }),
        externalTrafficPolicy: fc.constantFrom("Local", "Cluster"),
      }),
    }),
    object("v1", "ConfigMap", { data: map(text), binaryData: map(fc.constantFrom("aGk=", "?")) }),
    object("v1", "Secret", { data: map(fc.constantFrom("aGk=", "?")), type: text }),
    object("v1", "PersistentVolumeClaim", {
      spec: fields({ resources: fields({ requests: fields({ storage: fc.constantFrom("1Gi", "x") }) }) }),
    }),
    object("networking.k8s.io/v1", "Ingress", {
      spec: fields({
        ingressClassName: name,
        rules: list(
          fields({
            host: fc.constantFrom("a.example.com", "?"),
            http: fields({
              paths: list(
                fields({
                  path: fc.constantFrom("/", "/a", "b"),
                  pathType: fc.constantFrom("Prefix", "Exact"),
                  backend: fields({ service: fields({ name, port: fields({ number: port, name }) }) }),
                }),
              ),
            }),
          }),
        ),
        tls: junk,
      }),
    }),
    object("autoscaling/v2", "HorizontalPodAutoscaler", {
      spec: fields({ scaleTargetRef: fields({ name }), minReplicas: fc.integer(), metrics: junk }),
    }),
    object("policy/v1", "PodDisruptionBudget", {
      spec: fields({ selector: own, minAvailable: fc.constantFrom(1, "50%", -1), maxUnavailable: fc.constant(1) }),
    }),
    object("rbac.authorization.k8s.io/v1", "ClusterRole", { rules: junk }),
    object("networking.k8s.io/v1", "NetworkPolicy", { spec: fields({ podSelector: own }) }),
    object("example.com/v1", "Strange", { spec: junk }),
    object("v1", "List", { items: list(object("v1", "ConfigMap", { data: map(text) })) }),
  ),
  { minLength: 1, maxLength: 5 },
);

const trait = fc.oneof(
  ...Object.entries({
    scaler: fields({ replicas: fc.integer() }),
    gateway: fields({ domain: text, http: fc.dictionary(fc.constantFrom("/", "/a", "b"), port), class: name }),
    storage: fields({
      pvc: list(fields({ name, mountPath: text, resources: junk })),
      configMap: list(
        fields({ name, mountPath: text, data: map(text), mountToEnv: fields({ envName: name, configMapKey: name }) }),
      ),
      secret: list(fields({ name, data: map(text) })),
      emptyDir: list(fields({ name, mountPath: text })),
    }),
    sidecar: fields({ name, image, cmd: words, volumes: list(fields({ name, path: text })) }),
    "init-container": fields({ name, image, mountName: name, appMountPath: text, initMountPath: text }),
    hpa: fields({ min: fc.integer(), cpu: fields({ type: text, value: fc.integer() }) }),
    resource: fields({ cpu: fc.constant(1), memory: text, requests: amounts }),
    env: fields({ env: map(text) }),
    labels: map(text),
    annotations: map(text),
    expose: fields({ port: list(port), type: fc.constantFrom("ClusterIP", "NodePort"), annotations: map(text) }),
    affinity: fields({ tolerations: list(fields({ key: name, operator: fc.constant("Exists") })) }),
    "service-account": fields({ name, create: fc.boolean() }),
    strange: junk,
  }).map(([type, properties]) => fc.record({ type: fc.constant(type), properties })),
);
const kubevela = fc.record({
  apiVersion: fc.constant("core.oam.dev/v1beta1"),
  kind: fc.constant("Application"),
  metadata,
  spec: fields({
    components: list(
      fields({
        name,
        type: fc.constantFrom(
          "webservice",
          "worker",
          "task",
          "cron-task",
          "statefulset",
          "helm",
          "k8s-objects",
          "other",
        ),
        dependsOn: list(name),
        properties: fields({
          image,
          cmd: words,
          env,
          ports: list(fields({ port, name, expose: fc.boolean() })),
          cpu: text,
          schedule: text,
          livenessProbe: probe,
          volumeMounts: fields({ pvc: junk, emptyDir: list(fields({ name, mountPath: text })) }),
        }),
        traits: list(trait),
      }),
    ),
    policies: junk,
    workflow: fields({
      steps: list(
        fields({
          name,
          type: fc.constantFrom("apply-component", "suspend", "deploy", "step-group"),
          dependsOn: list(name),
          subSteps: list(
            fields({ name, type: fc.constant("apply-component"), properties: fields({ component: name }) }),
          ),
          properties: fields({ component: name }),
        }),
      ),
      mode: fc.oneof(junk, fc.constant({ steps: "DAG" })),
    }),
  }),
});

const nested = fields({
  storage: list(fields({ type: fc.constant("ephemeral"), name, mountPath: text })),
  envs: junk,
  resources: amounts,
});
const kubeminCli = fields({
  name,
  namespace: name,
  version: text,
  project: name,
  description: text,
  workflow: list(
    fields({
      name,
      mode: fc.constantFrom("DAG", "StepByStep"),
      components: list(name),
      sub_steps: list(fields({ name, components: list(name) })),
    }),
  ),
}).chain((head) =>
  list(
    fields({
      name,
      type: fc.constantFrom("webservice", "store", "config", "secret", "task", "odd"),
      image,
      replicas: fc.integer({ min: -1, max: 3 }),
      nameSpace: name,
      properties: fields({
        image,
        ports: list(fields({ port, expose: fc.boolean() })),
        env: map(text),
        conf: map(text),
        secret: map(text),
        labels: map(text),
      }),
      traits: fc.oneof(
        fields({
          storage: list(
            fields({
              type: fc.constantFrom("persistent", "ephemeral", "config", "secret", "odd"),
              name,
              mountPath: text,
              mount_path: text,
              size: fc.constantFrom("20", "x"),
              sourceName: name,
              tmpCreate: fc.boolean(),
            }),
          ),
          envFrom: list(fields({ type: fc.constantFrom("secret", "configMap"), sourceName: name })),
          envs: list(fields({ name, valueFrom: fields({ static: text, secret: fields({ name, key: name }) }) })),
          probes: list(
            fields({
              type: fc.constantFrom("liveness", "odd"),
              httpGet: fields({ path: text, port }),
              period_seconds: fc.integer(),
            }),
          ),
          resources: fields({ cpu: text, gpu: text }),
          sidecar: list(fields({ name, image, traits: nested })),
          init: list(fields({ name, properties: fields({ image, env: map(text) }), traits: nested })),
          ingress: list(
            fields({
              hosts: list(text),
              routes: list(fields({ path: text, backend: fields({ serviceName: name, servicePort: port }) })),
            }),
          ),
          rbac: fc.oneof(
            junk,
            list(
              fields({
                service_account: name,
                clusterScope: fc.boolean(),
                rules: list(fields({ api_groups: words, resources: words, verbs: list(fc.constantFrom("get", "x")) })),
              }),
            ),
          ),
        }),
        list(fields({ type: fc.constant("resources"), properties: amounts })),
      ),
    }),
  ).map((component) => ({ ...head, component })),
);

const FORMATS = {
  compose: compose.map((value) => JSON.stringify(value)),
  manifests: manifests.map((all) => all.map((one) => JSON.stringify(one)).join("\n---\n")),
  kubevela: kubevela.map((value) => JSON.stringify(value)),
  "kubemin-cli": kubeminCli.map((value) => JSON.stringify(value)),
} as const;

describe("every leaf once, and a document that can be planned", () => {
  it.each(Object.entries(FORMATS))("%s", (format, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        // The format is a key of the table.
        const result = attempt(text, { format: format as keyof typeof FORMATS, variables: { A: "1" } });
        if (result.ok) holds(text, result);
      }),
      { numRuns: 100 },
    );
  });

  it("anything at all", () => {
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(FORMATS) as (keyof typeof FORMATS)[])), junk, (format, value) => {
        const text = JSON.stringify({
          services: value,
          components: value,
          component: value,
          spec: value,
          apiVersion: "v1",
          kind: "Application",
        });
        const result = attempt(text, { format });
        if (result.ok) holds(text, result);
      }),
      { numRuns: 100 },
    );
  });
});
