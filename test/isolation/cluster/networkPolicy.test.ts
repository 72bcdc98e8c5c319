// Which destinations a job can reach. An independent interpreter of NetworkPolicies in this file decides what is
// reachable.
import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type NetworkOrder, renderNetworkPolicy } from "../../../src/isolation/cluster/networkPolicy.ts";
import { renderJobPod } from "../../../src/isolation/pod/renderPod.ts";
import { type Capabilities, NO_CAPABILITIES } from "../../../src/isolation/policy/capability.ts";
import { contains, parseNetwork } from "../../../src/isolation/policy/cidr.ts";
import { parseDestination } from "../../../src/isolation/policy/destination.ts";
import { PROFILES, type ProfileName } from "../../../src/isolation/policy/profile.ts";
import { dig, type JsonObject } from "../../../src/model/data/json.ts";
import type { Manifest } from "../../../src/model/kubernetes/manifest.ts";
import { explainProblem } from "../../../src/model/problems/problem.ts";
import { CLUSTER, order, template } from "../fixtures.ts";

// Longer than the default, because the machine may be busy.
vi.setConfig({ testTimeout: 180_000 });

const names = Object.keys(PROFILES) as ProfileName[]; // the keys of that table

function asking(capabilities: Partial<Capabilities>, more: Partial<NetworkOrder> = {}): NetworkOrder {
  const base = order();
  const asked = { ...NO_CAPABILITIES, ...capabilities };
  const { profile, identity } = base;
  return {
    profile,
    identity,
    capabilities: asked,
    grants: { ...base.grants, ...asked },
    cluster: CLUSTER,
    services: {},
    ...more,
  };
}

function policyOf(wanted: NetworkOrder): Manifest {
  const { policy, problems } = renderNetworkPolicy(wanted);
  if (policy === null) throw new Error(JSON.stringify(problems));
  return policy;
}

const egressOf = (policy: Manifest): readonly JsonObject[] => dig(policy, "spec", "egress") as readonly JsonObject[]; // a policy's rules

/** Computed with Node's own block lists, not with the code under test. Ports are numbers only, as in these tests. */
function mayReach(policy: Manifest, address: string, port: number): boolean {
  const within = (network: unknown): boolean => {
    const [base = "", bits = ""] = String(network).split("/");
    const family = isIP(base) === 6 ? "ipv6" : "ipv4";
    if (isIP(address) !== isIP(base)) return false;
    const list = new BlockList();
    list.addSubnet(base, Number(bits), family);
    return list.check(address, family);
  };
  return egressOf(policy).some((rule) => {
    const ports = rule["ports"] as readonly JsonObject[]; // each rendered rule names ports
    const peers = rule["to"] as readonly JsonObject[]; // and peers
    const through = peers.some((peer) => {
      if (peer["ipBlock"] === undefined) return false;
      const except = (dig(peer, "ipBlock", "except") ?? []) as readonly string[]; // of a policy: texts
      return within(dig(peer, "ipBlock", "cidr")) && !except.some(within);
    });
    return through && ports.some((one) => one["port"] === port);
  });
}

const METADATA = ["169.254.169.254", "100.100.100.200", "168.63.129.16", "fd00:ec2::254"];
const INSIDE = [
  "10.1.2.3",
  "172.20.0.1",
  "192.168.1.1",
  "100.64.1.1",
  "10.244.0.7",
  "198.51.100.4",
  "127.0.0.1",
  "224.0.0.1",
];

describe("a job's network policy", () => {
  it.each(names)("lets nothing in and only name servers out, when nothing was asked for (%s)", (profile) => {
    const policy = policyOf(asking({}, { profile }));
    expect(dig(policy, "spec", "policyTypes")).toEqual(["Ingress", "Egress"]);
    for (const address of [...METADATA, ...INSIDE, ...CLUSTER.apiServer, "8.8.8.8"])
      for (const port of [53, 80, 443, 6443]) expect(mayReach(policy, address, port), `${address}:${port}`).toBe(false);
    expect(mayReach(policy, "10.98.0.1", 53)).toBe(true);
    expect(dig(policy, "spec", "ingress")).toEqual([]);
  });

  it("selects by labels that the rendered pod carries and no template can set", () => {
    const { pod } = renderJobPod(template(), order());
    const selector = dig(policyOf(asking({})), "spec", "podSelector", "matchLabels");
    expect(pod?.metadata.labels).toMatchObject(selector as JsonObject); // labels
    expect(Object.keys(selector as JsonObject).every((key) => key.startsWith("kubemin.dev/"))).toBe(true); // labels
  });

  it("opens the internet without anything that is not the internet", () => {
    const policy = policyOf(asking({ network: ["internet:443"] }));
    expect(mayReach(policy, "8.8.8.8", 443)).toBe(true);
    expect(mayReach(policy, "2606:4700::1111", 443)).toBe(true);
    expect(mayReach(policy, "8.8.8.8", 80)).toBe(false);
    for (const address of [
      ...METADATA,
      ...INSIDE,
      ...CLUSTER.apiServer,
      "fc00::1",
      "fe80::1",
      "::1",
      "::ffff:10.0.0.1",
      "2002:a00:1::1",
    ])
      expect(mayReach(policy, address, 443), address).toBe(false);
  });

  it("opens a namespace, or the pods of a service by the port that they listen on", () => {
    const models = { namespace: "shop-run", podLabels: { app: "models" }, ports: { 443: 8443 } };
    expect(egressOf(policyOf(asking({ network: ["models:443"] })))[1]).toEqual({
      to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "models" } } }],
      ports: [{ protocol: "TCP", port: 443 }],
    });
    const elsewhere = { ...models, namespace: "ml" };
    expect(
      egressOf(policyOf(asking({ network: ["ml/models:443"] }, { services: { "ml/models": elsewhere } })))[1],
    ).toEqual({
      to: [
        {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ml" } },
          podSelector: { matchLabels: { app: "models" } },
        },
      ],
      ports: [{ protocol: "TCP", port: 8443 }],
    });
    const inside = { ...models, namespace: "kube-system" };
    const closed = renderNetworkPolicy(
      asking({ network: ["kube-system/models:443"] }, { services: { "kube-system/models": inside } }),
    );
    expect(closed.problems.map((one) => one.code)).toEqual(["AddressBlocked"]);
    expect(egressOf(policyOf(asking({ network: ["models:443"] }, { services: { models } })))[1]).toEqual({
      to: [{ podSelector: { matchLabels: { app: "models" } } }],
      ports: [{ protocol: "TCP", port: 8443 }],
    });
  });

  it.each([
    "kube-system:443",
    "kubemin:8080",
    "default:443",
    "169.254.169.254:80",
    "169.254.169.254/32:443",
    "10.96.0.1:443",
    "[fd00:ec2::254]:80",
    "models",
    "models:0",
    "models:99999",
    "http://models:443",
    "*:443",
    ":443",
    "10.0.0.0/33:443",
    "constructor.x:1",
  ])("never opens %s, whoever granted it", (network) => {
    const { policy, problems } = renderNetworkPolicy(asking({ network: [network] }));
    expect(policy).toBeNull();
    expect(problems).toMatchObject([{ pointer: "/capabilities/network/0" }]);
  });

  it("leaves metadata and the API server out of every network that was granted", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const network = fc.tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 32 }));
    fc.assert(
      fc.property(fc.array(network, { minLength: 1, maxLength: 4 }), (list) => {
        const texts = list.map(([a, b, c, d, bits]) => `${a}.${b}.${c}.${d}/${bits}:443`);
        const { policy } = renderNetworkPolicy(
          asking({ network: ["internet:443", "0.0.0.0/0:443", "[::/0]:443", ...texts] }),
        );
        if (policy === null) return;
        for (const address of [...METADATA, ...CLUSTER.apiServer]) expect(mayReach(policy, address, 443)).toBe(false);
        const [a, b, c, d] = list[0] ?? [];
        const first = `${a}.${b}.${c}.${d}`;
        if (![...METADATA, ...CLUSTER.apiServer, "169.254.170.2", "169.254.170.23", "192.0.0.192"].includes(first))
          expect(mayReach(policy, first, 443), first).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("refuses what was not granted, and names who can grant it", () => {
    const wanted = asking({ network: ["models:443"] });
    const grants = { ...wanted.grants, network: [], granters: ["ops"] };
    expect(egressOf(policyOf({ ...wanted, grants }))).toHaveLength(1);
    const { problems, pod } = renderJobPod(template(), { ...order(), capabilities: wanted.capabilities, grants });
    expect(pod).toBeNull();
    expect(problems).toMatchObject([{ code: "GrantMissing", pointer: "/capabilities/network/0" }]);
    const [first] = problems;
    if (first === undefined) throw new Error("no problem");
    expect(explainProblem(first, "en")).toEqual({
      message: "project shop was not granted models:443 (network) for ai-eval",
      hint: "ops can grant it",
    });
    expect(explainProblem(first, "zh").hint).toBe("可由 ops 授权");
  });

  it("narrows ssh to the hosts of the run, which must lie in what was granted", () => {
    const ssh = (targets: readonly string[]) =>
      renderNetworkPolicy(asking({ network: ["192.0.2.0/24:22"] }, { profile: "ssh", targets }));
    const { policy } = ssh(["192.0.2.7:22"]);
    if (policy === null) throw new Error("no policy");
    expect(mayReach(policy, "192.0.2.7", 22)).toBe(true);
    expect(mayReach(policy, "192.0.2.8", 22)).toBe(false);
    for (const target of ["192.0.3.7:22", "192.0.2.7:23", "models:22", "internet:22"])
      expect(ssh([target]).problems, target).toMatchObject([{ code: "GrantMissing", pointer: "/targets/0" }]);
  });

  it("opens exposed ports to the project only", () => {
    const policy = policyOf(asking({ services: ["metrics:9090"] }));
    expect(dig(policy, "spec", "ingress")).toEqual([
      {
        from: [{ namespaceSelector: { matchLabels: { "kubemin.dev/project": "shop" } } }],
        ports: [{ protocol: "TCP", port: 9090 }],
      },
    ]);
  });

  it("opens the API server for helm only, with a token and a grant", () => {
    const base = order();
    const identity = { ...base.identity, account: "kubemin-job-helm-install" };
    const helm = (profile: ProfileName) => policyOf(asking({ k8s: ["create deployments"] }, { profile, identity }));
    expect(mayReach(helm("helm"), "10.96.0.1", 443)).toBe(true);
    expect(mayReach(helm("task"), "10.96.0.1", 443)).toBe(false);
    expect(mayReach(policyOf(asking({ k8s: ["x"] }, { profile: "helm" })), "10.96.0.1", 443)).toBe(false);
  });
});

it("opens the way to kubemin's own callback, and only that address and port", () => {
  const policy = policyOf(asking({}, { callback: "192.0.2.1:8080" }));
  expect(mayReach(policy, "192.0.2.1", 8_080)).toBe(true);
  expect(mayReach(policy, "192.0.2.1", 443)).toBe(false);
  expect(mayReach(policy, "192.0.2.2", 8_080)).toBe(false);
});

describe("networks", () => {
  it("agree with Node's own lists about what lies inside of what", () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(address, fc.integer({ min: 0, max: 128 }), address, (base, bits, other) => {
        const family = isIP(base) === 6 ? "ipv6" : "ipv4";
        const prefix = family === "ipv4" ? bits % 33 : bits;
        const [network, single] = [parseNetwork(`${base}/${prefix}`), parseNetwork(other)];
        if (network === undefined || single === undefined) throw new Error(`${base}/${prefix} ${other}`);
        const list = new BlockList();
        list.addSubnet(base, prefix, family);
        const expected = isIP(base) === isIP(other) && list.check(other, family);
        expect(contains(network, single)).toBe(expected);
        // The printed form must mean the same network.
        expect(parseNetwork(network.text)).toEqual(network);
      }),
      { numRuns: 1_000 },
    );
  });

  it("are never made of anything else, and nothing throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const network = parseNetwork(text);
        if (network !== undefined) expect(isIP(text.split("/")[0] ?? "")).toBeGreaterThan(0);
        parseDestination(text);
      }),
    );
    for (const text of ["", "10.0.0.0/", "10.0.0.0/8/8", "010.0.0.1", "10.0.0", "fe80::1%eth0", "::/129"])
      expect(parseNetwork(text), text).toBeUndefined();
  });
});
