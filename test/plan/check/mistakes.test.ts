// Mistakes that can be found without a cluster, and would otherwise show only as pods that never start. Each is refused
// with its pointer.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/model/data/json.ts";
import { explainProblem } from "../../../src/model/problems/problem.ts";
import { checkDocument } from "../../../src/plan/check/check.ts";
import { app, catalog, codes, planOf } from "../planned.ts";

const BASE64 = Buffer.from([0, 0xff, 0xfe]).toString("base64");
const PROGRAM = { image: "busybox:1.36" };
const worker = (name: string, traits: JsonObject = {}): JsonObject => ({
  name,
  type: "worker",
  properties: PROGRAM,
  traits,
});
const web = (name: string, traits: JsonObject, more: JsonObject = {}): JsonObject => ({
  name,
  type: "webservice",
  properties: { ...PROGRAM, port: 80, ...more },
  traits,
});
const config = (data: JsonObject): JsonObject => ({ name: "settings", type: "config", properties: { data } });

const told = (...components: readonly JsonObject[]): readonly string[] => codes(planOf(app(...components)));

it("says what a path starts with, and not the name of the rule", () => {
  const document = app(web("web", { probes: { readiness: { http: { path: "healthz", port: 80 } } } }));
  const { problems } = checkDocument(document, catalog);
  const sentences = problems.map((one) => explainProblem(one, "en").message);
  expect(sentences.join("\n")).toContain("does not start with /");
  expect(sentences.join("\n")).not.toContain("starts_with");
});

describe("a key that is not there", () => {
  const settings = config({ level: "info" });

  it.each([
    ["a variable", { env: { A: { config: "settings", key: "levle" } } }, "/components/0/traits/env/A/key"],
    [
      "one file",
      { storage: [{ type: "config", name: "settings", mountPath: "/etc/a", subPath: "nope" }] },
      "/components/0/traits/storage/0/subPath",
    ],
    [
      "a picked file",
      { storage: [{ type: "config", name: "settings", mountPath: "/etc/a", items: [{ key: "nope", path: "a" }] }] },
      "/components/0/traits/storage/0/items/0/key",
    ],
    [
      "a variable of a sidecar",
      { sidecar: [{ name: "s", image: "busybox", env: { A: { config: "settings", key: "nope" } } }] },
      "/components/0/traits/sidecar/0/env/A/key",
    ],
  ])("%s", (_what, traits, pointer) => {
    expect(told(worker("a", traits), settings).filter((one) => one.startsWith("error"))).toEqual([
      `error UnknownKey ${pointer}`,
    ]);
  });

  it("of an item's own data, and of a file that its items do not contain", () => {
    const item = { type: "config", name: "own", mountPath: "/etc/a", data: { a: "b" } };
    expect(told(worker("a", { storage: [{ ...item, subPath: "c" }] }))[0]).toBe(
      "error UnknownKey /components/0/traits/storage/0/subPath",
    );
    const files = { ...item, items: [{ key: "a", path: "conf/a.conf" }], subPath: "a" };
    expect(told(worker("a", { storage: [files] }))[0]).toBe("error NotOneOf /components/0/traits/storage/0/subPath");
    expect(told(worker("a", { storage: [{ ...files, subPath: "conf" }] }))[0]).toMatch(/^warning SubPathStale/);
  });

  it("of what is on the cluster already, but not of what comes later", () => {
    const reader = (external: boolean) => app(worker("a", { env: { A: { secret: "db", key: "passwort", external } } }));
    const outside = { presentOutside: new Set(["Secret/db"]), keysOutside: new Map([["Secret/db", ["password"]]]) };
    const result = planOf(reader(false), outside);
    expect(codes(result)).toEqual(["error UnknownKey /components/0/traits/env/A/key"]);
    const [problem] = result.problems;
    expect(problem && explainProblem(problem, "en").hint).toBe("did you mean password? it has: password");
    expect(codes(planOf(reader(true), outside))).toEqual([]);
  });

  it("the password of a preset", () => {
    const store = {
      name: "db",
      type: "store",
      properties: { preset: "postgresql", password: { secret: "login", key: "pass" } },
    };
    const login = { name: "login", type: "secret", properties: { data: { password: "x" } } };
    expect(told(store, login)).toEqual(["error UnknownKey /components/0/properties/password/key"]);
  });
});

describe("bytes that become no variable", () => {
  it("of an item's own data, and of a component that is read whole", () => {
    const own = { type: "secret", name: "raw", data: { key: { base64: BASE64 } } };
    const text = checkDocument(app(worker("a", { storage: [own] })), catalog);
    expect(text.problems.map((one) => `${one.code} ${one.pointer}`)).toEqual([
      "BinaryVariable /components/0/traits/storage/0/data/key",
    ]);
    const whole = worker("a", { storage: [{ type: "config", name: "settings" }] });
    expect(told(whole, config({ key: { base64: BASE64 } }))).toEqual([
      "warning BinaryVariable /components/0/traits/storage/0/name",
    ]);
    const mounted = worker("a", { storage: [{ type: "config", name: "settings", mountPath: "/etc/a" }] });
    expect(told(mounted, config({ key: { base64: BASE64 } }))).toEqual([]);
  });
});

describe("places and sizes", () => {
  it.each(["/", "//", "/proc", "/sys/fs", "/data/../etc"])("nothing is mounted at %s", (mountPath) => {
    expect(told(worker("a", { storage: [{ type: "ephemeral", mountPath }] }))).toEqual([
      "error MountPlace /components/0/traits/storage/0/mountPath",
    ]);
  });

  it("a volume has a size, and a slip of the unit is understood", () => {
    const storage = (size: string | number) => [{ type: "persistent", mountPath: "/data", size }];
    expect(told(worker("a", { storage: storage(0) }))).toEqual([
      "error NotPositive /components/0/traits/storage/0/size",
    ]);
    const slip = planOf(app(worker("a", { storage: storage("20gb") }))).problems[0];
    expect(slip).toMatchObject({ code: "Quantity", nearest: "20Gi" });
  });

  it.each([
    ["memory", { resources: { limits: { memory: "400m" } } }, "400Mi"],
    ["memory of a request", { resources: { memory: 512 } }, "512Mi"],
    ["local disk", { resources: { ephemeralStorage: "0.5" } }, "0.5Mi"],
    ["a volume", { storage: [{ type: "persistent", mountPath: "/data", size: "400m" }] }, "400Mi"],
    ["a folder of the pod", { storage: [{ type: "ephemeral", mountPath: "/tmp", sizeLimit: "100m" }] }, "100Mi"],
    ["a sidecar", { sidecar: [{ name: "s", image: "b:1", resources: { memory: "64m" } }] }, "64Mi"],
  ])("asks whether less than a byte was meant: %s", (_what, traits, nearest) => {
    const { problems } = planOf(app(worker("a", traits)));
    expect(problems.map(({ code, nearest: meant }) => ({ code, meant }))).toEqual([
      { code: "FewBytes", meant: nearest },
    ]);
  });

  it("accepts thousandths of a core, whole bytes, and a bare number of gibibytes", () => {
    const traits = {
      resources: { cpu: "400m", memory: 134217728, limits: { cpu: 1, memory: "1395864371200m" } },
      storage: [{ type: "persistent", mountPath: "/data", size: 20 }],
    };
    expect(told(worker("a", traits))).toEqual([]);
  });

  it("a field of the pod is one that Kubernetes gives to programs", () => {
    expect(told(worker("a", { env: { A: { field: "metadata.generation" } } }))).toEqual([
      "error Form /components/0/traits/env/A/field",
    ]);
    for (const field of ["status.hostIPs", "metadata.labels['app']", "spec.nodeName"])
      expect(told(worker("a", { env: { A: { field } } }))).toEqual([]);
  });
});

describe("two components for one thing", () => {
  it("routes of one host and path name both components; another path or kind is another thing", () => {
    const route = (more: JsonObject = {}) => ({ route: { host: "shop.example.com", path: "/api", ...more } });
    const result = planOf(app(web("one", route()), web("two", route())));
    expect(codes(result)).toEqual(["error RouteTwice /components/1/traits/route"]);
    const [problem] = result.problems;
    expect(problem && explainProblem(problem, "en").message).toBe(
      "one and two both use shop.example.com/api: which of them answers is undefined",
    );
    expect(told(web("one", route()), web("two", route({ path: "/" })))).toEqual([]);
    expect(told(web("one", route({ kind: "ingress" })), web("two", route({ kind: "ingress" })))).toEqual([
      "error RouteTwice /components/1/traits/route",
    ]);
    expect(told(web("one", route()), web("two", route({ kind: "ingress" })))).toEqual([]);
    const everywhere = { route: { kind: "ingress" } };
    const all = planOf(app(web("one", everywhere), web("two", everywhere)));
    expect(all.problems.map(({ code, params }) => [code, params["where"]])).toEqual([["RouteTwice", "*/"]]);
  });

  it("raw objects count too; another header, a canary or one Service behind both does not", () => {
    const route = (name: string, service: string, match: JsonObject = {}) => ({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name },
      spec: {
        parentRefs: [{ name: "g" }],
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: "/a/" }, ...match }],
            backendRefs: [{ name: service, port: 80 }],
          },
        ],
      },
    });
    const raw = (name: string, manifest: JsonObject) => ({
      name,
      type: "objects",
      properties: { objects: [manifest] },
    });
    const both = (second: JsonObject) => told(raw("one", route("r1", "a")), raw("two", second));
    expect(both(route("r2", "b"))).toEqual(["error RouteTwice /components/1"]);
    expect(both(route("r2", "a"))).toEqual([]);
    expect(both(route("r2", "b", { headers: [{ name: "x", value: "y" }] }))).toEqual([]);
    const ingress = (name: string, annotations: JsonObject = {}) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name, annotations },
      spec: {
        rules: [
          {
            http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name, port: { number: 80 } } } }] },
          },
        ],
      },
    });
    expect(told(raw("one", ingress("i1")), raw("two", ingress("i2")))).toEqual(["error RouteTwice /components/1"]);
    const canary = ingress("i2", { "nginx.ingress.kubernetes.io/canary": "true" });
    expect(told(raw("one", ingress("i1")), raw("two", canary))).toEqual([]);
  });

  it("traits that ask for nodes which cannot be the same name both", () => {
    const gpu = { count: 1, product: "A100" };
    const nodes = (product: string) => ({ gpu, placement: { nodes: { "nvidia.com/gpu.product": product } } });
    const result = planOf(app(worker("a", nodes("T4"))));
    expect(codes(result)).toEqual(["error NodesApart /components/0/traits/placement"]);
    expect(result.problems[0]?.params).toMatchObject({ first: "trait gpu of a", second: "trait placement of a" });
    expect(told(worker("a", nodes("A100")))).toEqual([]);
  });

  it("replicas are set only once", () => {
    const scaled = (replicas: number, scaling: JsonObject) =>
      web("a", { scaling, resources: { cpu: 1 } }, { replicas });
    expect(told(scaled(2, { replicas: 3 }))).toEqual(["error Rule /components/0/traits/scaling/replicas"]);
    expect(told(scaled(2, { max: 3 }))).toEqual(["error Rule /components/0/traits/scaling"]);
    expect(told(scaled(3, { replicas: 3 }))).toEqual([]);
  });

  it("annotations of an object that are too large together are reported before the cluster refuses them", () => {
    const notes = (bytes: number) => ({ a: "x".repeat(bytes / 2), b: "x".repeat(bytes / 2) });
    for (const place of ["objects", "pods"]) {
      const annotated = (bytes: number) => worker("a", { metadata: { [place]: { annotations: notes(bytes) } } });
      expect(told(annotated(255 * 1024))).toEqual([]);
      expect(told(annotated(256 * 1024))).toEqual(["error AnnotationsTooLarge /components/0"]);
    }
  });

  it("one component that creates an object twice is reported as such", () => {
    const storage = [
      { type: "config", name: "same", mountPath: "/etc/one", data: { a: "b" } },
      { type: "config", name: "same", mountPath: "/etc/two", data: { a: "c" } },
    ];
    expect(told(worker("a", { storage }))).toEqual(["error ObjectTwiceHere /components/0"]);
  });
});

describe("the rollout of a daemon", () => {
  it("sends what a DaemonSet takes: only one of surge and unavailability", () => {
    const daemon = (rollout: JsonObject) =>
      app({ name: "a", type: "daemon", properties: PROGRAM, traits: { rollout } });
    const strategy = (rollout: JsonObject) =>
      planOf(daemon(rollout)).plan?.jobs[0]?.objects.map(({ manifest }) => manifest["spec"])[0];
    const rolling = (maxSurge: number, maxUnavailable: number) => ({
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } },
    });
    expect(strategy({ maxUnavailable: 2 })).toMatchObject(rolling(0, 2));
    expect(strategy({ maxSurge: 1 })).toMatchObject(rolling(1, 0));
    expect(codes(planOf(daemon({ maxSurge: 1, maxUnavailable: 1 })))).toEqual([
      "error Rule /components/0/traits/rollout",
    ]);
  });
});

describe("all problems together", () => {
  it("problems of the whole are reported although a component has its own mistakes", () => {
    const twice = [
      { type: "persistent", name: "one", mountPath: "/data", size: 1 },
      { type: "ephemeral", name: "two", mountPath: "/data" },
    ];
    const document = app(
      { name: "typo", type: "wroker", properties: {} },
      worker("a", { storage: twice }),
      worker("b", { env: { A: { config: "settings", key: "nope" } } }),
      config({ level: "info" }),
      { ...worker("c"), dependsOn: ["typo"] },
    );
    expect(codes(planOf(document))).toEqual([
      "error UnknownComponentType /components/0/type",
      "error MountPathTwice /components/1/traits/storage/1/mountPath",
      "error UnknownKey /components/2/traits/env/A/key",
    ]);
  });
});
