// Component types other than programs that serve: daemon, cron, external, objects; and presets with accounts.
import { describe, expect, it } from "vitest";
import { isTimeZone, scheduleFault } from "../../src/catalog/parts/pod/schedule.ts";
import { dig, type JsonObject } from "../../src/model/data/json.ts";
import { explainProblem } from "../../src/model/problems/problem.ts";
import { app, codes, facts, find, goodPlan, manifests, planOf, seal } from "../plan/planned.ts";

const one = (type: string, properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  name: "one",
  type,
  properties,
  ...more,
});
const names = (document: JsonObject): readonly string[] =>
  manifests(goodPlan(document)).map((object) => `${object.kind}/${object.metadata.name}`);

describe("daemon", () => {
  it("is a DaemonSet that is updated node after node, with a Service for its port", () => {
    const plan = goodPlan(app(one("daemon", { image: "collector:1", port: 9100, allNodes: true })));
    expect(find(plan, "DaemonSet")["spec"]).toMatchObject({
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      template: { spec: { tolerations: [{ operator: "Exists" }] } },
    });
    expect(find(plan, "Service").metadata.name).toBe("one");
  });

  it("surges instead of missing pods when asked, never both", () => {
    const strategy = (update: JsonObject): unknown =>
      dig(find(goodPlan(app(one("daemon", { image: "a:1", update }))), "DaemonSet"), "spec", "updateStrategy");
    expect(strategy({ maxSurge: "25%" })).toEqual({
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 },
    });
    expect(strategy({ strategy: "manual" })).toEqual({ type: "OnDelete" });
    for (const update of [{ maxSurge: 1, maxUnavailable: 1 }, { maxUnavailable: 0 }])
      expect(codes(planOf(app(one("daemon", { image: "a:1", update }))))).toEqual([
        "error Rule /components/0/properties/update",
      ]);
  });
});

describe("cron", () => {
  const properties = { image: "busybox:1.36", command: ["date"], schedule: "*/5 * * * *" };

  it("is a CronJob whose runs are labelled like everything else, and takes traits", () => {
    const traits = { env: { A: "1" }, resources: { cpu: "1" }, init: [{ name: "before", image: "busybox:1.36" }] };
    const more = { timeZone: "Europe/Berlin", startingDeadline: "1m", timeLimit: "90s", retries: 2, keepFailed: 5 };
    const plan = goodPlan(app(one("cron", { ...properties, ...more }, { traits })));
    const labels = expect.objectContaining({
      "app.kubernetes.io/managed-by": "kubemin",
      "kubemin.dev/component": "one",
    });
    expect(find(plan, "CronJob")["spec"]).toMatchObject({
      schedule: "*/5 * * * *",
      timeZone: "Europe/Berlin",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 60,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 5,
      jobTemplate: {
        metadata: { labels },
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: 90,
          template: {
            metadata: { labels },
            spec: {
              restartPolicy: "Never",
              initContainers: [{ name: "before" }],
              containers: [{ env: [{ name: "A", value: "1" }], resources: { requests: { cpu: "1" } } }],
            },
          },
        },
      },
    });
    expect(plan.jobs[0]?.type).toBe("deploy");
  });

  it("says what is wrong with a schedule or a time zone", () => {
    const plan = planOf(app(one("cron", { ...properties, schedule: "61 * * * *", timeZone: "Asia/Shanghia" })));
    expect(codes(plan)).toEqual([
      "error Schedule /components/0/properties/schedule",
      "error Rule /components/0/properties/timeZone",
    ]);
    const [schedule, zone] = plan.problems;
    expect(schedule && explainProblem(schedule, "en").message).toBe(
      'schedule 61 * * * *: "61" is not a minute: 0-59, ranges (a-b), steps (*/n), lists (a,b)',
    );
    expect(zone?.nearest).toBe("Asia/Shanghai");
  });

  it.each([
    "* * * * *",
    "*/15 0-6,22 1 JAN-MAR mon",
    "5/10 * ? * *",
    "@daily",
    "@every 1h30m",
    "0 0 29 2 *",
    "0 0 31 2 1",
  ])("takes %s", (text) => expect(scheduleFault(text)).toBeUndefined());

  it.each([
    ["* * * *", "five fields"],
    ["", "five fields"],
    ["@nightly", "@daily"],
    ["TZ=UTC * * * * *", "timeZone"],
    ["* * * * 7", "Sunday is 0"],
    ["* 24 * * *", "0-23"],
    ["* * 0 * *", "1-31"],
    ["*/0 * * * *", "minute"],
    ["30-10 * * * *", "30-10"],
    ["0 0 30 2 *", "never runs"],
    ["0 0 31 4,6 *", "never runs"],
  ])("refuses %j", (text, why) => {
    const fault = scheduleFault(text);
    expect(fault && explainProblem(fault, "en").message).toContain(why);
  });

  it("knows time zones by their exact names", () => {
    expect(
      ["UTC", "Asia/Shanghai", "America/Argentina/Ushuaia", "Etc/GMT+5"].filter((name) => !isTimeZone(name)),
    ).toEqual([]);
    expect(["Local", "+08:00", "asia/shanghai", "Mars/Olympus", ""].filter(isTimeZone)).toEqual([]);
  });
});

describe("external", () => {
  it("is an alias for a name and endpoints for an address, checked before its dependents", () => {
    const user = {
      name: "user",
      type: "worker",
      properties: { image: "a:1" },
      traits: { env: { DB: { component: "one" } } },
    };
    const plan = goodPlan(app(one("external", { host: "db.example.com", port: 5432, scheme: "postgresql" }), user));
    expect(find(plan, "Service")["spec"]).toMatchObject({ type: "ExternalName", externalName: "db.example.com" });
    expect(plan.jobs.map((job) => job.type)).toEqual(["check", "deploy"]);
    expect(plan.layers).toEqual([["one"], ["user"]]);
    expect(dig(find(plan, "Deployment"), "spec", "template", "spec", "containers", 0, "env", 0, "value")).toBe(
      "postgresql://one:5432",
    );
    const address = app(one("external", { host: "192.0.2.9", port: 80, check: false }));
    expect(names(address)).toEqual(["Service/one", "EndpointSlice/one-external"]);
    expect(find(goodPlan(address), "EndpointSlice")).toMatchObject({
      addressType: "IPv4",
      endpoints: [{ addresses: ["192.0.2.9"] }],
      metadata: { labels: { "kubernetes.io/service-name": "one", "kubemin.dev/component": "one" } },
    });
  });

  it("gives the real name where a certificate is checked against it", () => {
    const user = {
      name: "user",
      type: "worker",
      properties: { image: "a:1" },
      traits: { env: { API: { component: "one" } } },
    };
    const plan = goodPlan(app(one("external", { host: "api.example.com", port: 443, scheme: "https" }), user));
    expect(JSON.stringify(find(plan, "Deployment"))).toContain("https://api.example.com:443");
  });

  it("has a check of another name when it checks another thing, and pods that any policy lets in", () => {
    const nameOf = (check: JsonObject): string =>
      find(goodPlan(app(one("external", { host: "a.example.com", port: 80, check }))), "Job").metadata.name;
    expect(nameOf({ type: "http" })).not.toBe(nameOf({ type: "tcp" }));
    expect(nameOf({ type: "http", path: "/a" })).not.toBe(nameOf({ type: "http" }));
    const job = find(goodPlan(app(one("external", { host: "a.example.com", port: 80 }))), "Job");
    expect(dig(job, "spec", "template", "metadata", "labels")).toMatchObject({ "kubemin.dev/component": "one" });
    expect(dig(job, "spec", "template", "spec", "securityContext")).toMatchObject({ runAsNonRoot: true });
  });

  it.each(["127.0.0.1", "::1", "169.254.1.1", "not a name", "http://x"])("refuses the host %s", (host) => {
    expect(codes(planOf(app(one("external", { host, port: 80 }))))).toEqual([
      "error Rule /components/0/properties/host",
    ]);
  });
});

const DEFINITION = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "planets.example.com" },
  spec: { group: "example.com", scope: "Cluster", names: { kind: "Planet", plural: "planets" }, versions: [] },
};
const PLANET = { apiVersion: "example.com/v1", kind: "Planet", metadata: { name: "mars" } };

describe("objects", () => {
  it("are stamped, put into the namespace and applied in an order that works", () => {
    const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "r" }, rules: [] };
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "d", labels: { "app.kubernetes.io/name": "mine" } },
      spec: { selector: { matchLabels: { app: "d" } }, template: { metadata: { labels: { app: "d" } }, spec: {} } },
    };
    const properties = { clusterScoped: true, objects: [PLANET, deployment, role, DEFINITION] };
    const plan = goodPlan(app(one("objects", properties)));
    expect(manifests(plan).map((object) => object.kind)).toEqual([
      "CustomResourceDefinition",
      "Role",
      "Deployment",
      "Planet",
    ]);
    expect(manifests(plan).map((object) => object.metadata.namespace)).toEqual([
      undefined,
      "default",
      "default",
      undefined,
    ]);
    expect(find(plan, "Deployment").metadata.labels).toMatchObject({
      "app.kubernetes.io/name": "mine",
      "app.kubernetes.io/managed-by": "kubemin",
    });
    expect(dig(find(plan, "Deployment"), "spec", "template", "metadata", "labels")).toMatchObject({
      app: "d",
      "app.kubernetes.io/managed-by": "kubemin",
      "kubemin.dev/application": "shop",
    });
    expect(plan.jobs[0]?.objects.map((object) => object.keep)).toEqual([true, false, false, false]);
  });

  it("of cluster-scoped kinds must be allowed; the kinds are known from Kubernetes, the cluster or the document", () => {
    const clusterRole = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "r" } };
    const star = { apiVersion: "example.com/v1", kind: "Star", metadata: { name: "s" } };
    const document = app(one("objects", { objects: [clusterRole, star, PLANET, DEFINITION] }));
    const told = codes(planOf(document, { facts: { ...facts, clusterKinds: ["example.com/Star"] } }));
    expect(told).toEqual(
      [0, 1, 2, 3].map((index) => `error ClusterScope /components/0/properties/objects/${index}/kind`),
    );
  });

  it("of another namespace, lists and what the cluster writes are refused", () => {
    const elsewhere = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "other" } };
    expect(codes(planOf(app(one("objects", { objects: [elsewhere] }))))).toEqual([
      "error OtherNamespace /components/0/properties/objects/0/metadata/namespace",
    ]);
    const copied = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", uid: "u" }, status: {} };
    const list = { apiVersion: "v1", kind: "ConfigMapList", metadata: { name: "a" }, items: [] };
    expect(codes(planOf(app(one("objects", { objects: [copied, list] }))))).toEqual([
      "error Rule /components/0/properties/objects/0/metadata/uid",
      "error Rule /components/0/properties/objects/0/status",
      "error Rule /components/0/properties/objects/1",
    ]);
  });

  it("have their secret values sealed, also when the kind is misspelt", () => {
    const objects = ["Secret", "secret", "SealedSecretThing"].map((kind, index) => ({
      apiVersion: "v1",
      kind,
      metadata: { name: `s${index}` },
      stringData: { password: "hunter2" },
      data: { key: "aHVudGVyMg==" },
    }));
    const plan = goodPlan(app(one("objects", { objects })));
    expect(JSON.stringify(plan)).not.toContain("hunter2");
    expect(JSON.stringify(plan)).not.toContain("aHVudGVyMg==");
    expect(find(plan, "Secret")).toMatchObject({ stringData: { password: seal("hunter2") } });
  });

  it("carry the rule by which they are ready", () => {
    const ready = [
      { kind: "Planet", when: { field: "status.phase", is: ["Round", 1] }, failed: { condition: "Broken" } },
      { kind: "Planet", name: "mars", when: [{ condition: "Synced" }] },
    ];
    const plan = goodPlan(app(one("objects", { clusterScoped: true, objects: [PLANET, DEFINITION], ready })));
    expect(JSON.parse(find(plan, "Planet").metadata.annotations?.["kubemin.dev/ready"] ?? "")).toEqual({
      ready: [
        { field: "status.phase", values: ["Round", "1"] },
        { condition: "Synced", status: "True" },
      ],
      failed: [{ condition: "Broken", status: "True" }],
    });
    const unknown = [{ kind: "Plant", when: { condition: "Ready" } }];
    const wrong = planOf(app(one("objects", { clusterScoped: true, objects: [PLANET, DEFINITION], ready: unknown })));
    expect(wrong.problems.map((told) => [told.code, told.nearest])).toEqual([["NotOneOf", "Planet"]]);
  });

  it("may offer outputs to others", () => {
    const user = {
      name: "user",
      type: "worker",
      properties: { image: "a:1" },
      traits: { env: { U: { component: "one" } } },
    };
    const config = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } };
    const plan = goodPlan(app(one("objects", { objects: [config], outputs: { url: "http://x" } }), user));
    expect(JSON.stringify(find(plan, "Deployment"))).toContain("http://x");
  });
});

describe("presets with accounts", () => {
  const secret = { name: "login", type: "secret", properties: { data: { password: "hunter2" } } };
  const MAIN = ["spec", "template", "spec", "containers", 0] as const;
  const mainOf = (properties: JsonObject): unknown =>
    dig(
      find(goodPlan(app(secret, one("store", { password: { secret: "login" }, ...properties }))), "StatefulSet"),
      ...MAIN,
    );
  const password = { valueFrom: { secretKeyRef: { name: "login", key: "password" } } };

  it("postgresql gets user, database and password in the variables of its image", () => {
    expect(mainOf({ preset: "postgresql", user: "shop", port: 5433 })).toMatchObject({
      image: "postgres:17",
      env: [
        { name: "POSTGRES_USER", value: "shop" },
        { name: "POSTGRES_DB", value: "postgres" },
        { name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" },
        { name: "PGPORT", value: "5433" },
        { name: "POSTGRES_PASSWORD", ...password },
      ],
      readinessProbe: { exec: { command: ["sh", "-c", "pg_isready -q -h 127.0.0.1 -p 5433 -U shop -d postgres"] } },
    });
  });

  it("mysql creates a user only when it is not root", () => {
    const envOf = (properties: JsonObject): unknown => dig(mainOf({ preset: "mysql", ...properties }), "env");
    expect(envOf({})).toEqual([
      { name: "MYSQL_DATABASE", value: "app" },
      { name: "MYSQL_ROOT_PASSWORD", ...password },
    ]);
    expect(envOf({ user: "shop", database: "shop" })).toEqual([
      { name: "MYSQL_DATABASE", value: "shop" },
      { name: "MYSQL_USER", value: "shop" },
      { name: "MYSQL_ROOT_PASSWORD", ...password },
      { name: "MYSQL_PASSWORD", ...password },
    ]);
    expect(mainOf({ preset: "mysql" })).toMatchObject({
      volumeMounts: [{ mountPath: "/var/lib/mysql", subPath: "mysql" }],
    });
  });

  it("their url names user and database, never the password", () => {
    const user = {
      name: "user",
      type: "worker",
      properties: { image: "a:1" },
      traits: { env: { DB: { component: "one" } } },
    };
    const store = one("store", {
      preset: "postgresql",
      user: "shop",
      database: "books",
      password: { secret: "login" },
    });
    const plan = goodPlan(app(secret, store, user));
    expect(JSON.stringify(find(plan, "Deployment"))).toContain("postgresql://shop@one:5432/books");
    expect(plan.layers).toEqual([["login"], ["one"], ["user"]]);
  });

  it("need a password, and other presets accept none", () => {
    expect(codes(planOf(app(one("store", { preset: "postgresql" }))))).toEqual([
      "error Required /components/0/properties",
    ]);
    expect(codes(planOf(app(secret, one("store", { preset: "redis", password: { secret: "login" } }))))).toEqual([
      "error Rule /components/1/properties/password",
    ]);
  });
});
