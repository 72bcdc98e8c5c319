// Devices by dynamic resource allocation (DRA): requests of a device class become a ResourceClaimTemplate of the
// component, from which Kubernetes creates one claim for each pod. Claims and templates that exist already can be named
// instead. https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
// Not done here: alternatives and constraints between requests; write a template of your own for them.
import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson, type JsonObject } from "../../../model/data/json.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { DNS_LABEL } from "../../../model/kubernetes/name.ts";
import { brokenRule, type Problem, problem } from "../../../model/problems/problem.ts";
import type { ClusterFacts } from "../../../model/run/plan.ts";
import { defineTrait, type RenderContext } from "../../define.ts";
import { nonEmpty, onlyGiven } from "../../parts/objects/onlyGiven.ts";
import { described, NODE_LABEL, objectName } from "../../sharedFields.ts";

const EFFECTS = ["NoSchedule", "NoExecute"] as const;

const toleration = z.strictObject({
  key: described(
    z.string().regex(NODE_LABEL, "the key of a taint").optional(),
    "Key of the taint; default: every taint",
    "污点键，不写则匹配所有",
  ),
  value: described(z.string().optional(), "Value of the taint; default: any value", "污点值，不写则任意"),
  effect: described(z.enum(EFFECTS).optional(), "Only taints of this effect", "仅匹配该效果"),
});

/** resource.k8s.io allows at most 32 requests and selectors, and 10 Ki characters for each expression. */
const MOST = 32;
const LONGEST = 10_240;

const request = z.strictObject({
  name: described(
    z.string().regex(DNS_LABEL, "lower-case letters, digits and '-'").optional(),
    "Name of the request; default: device-0, device-1 …",
    "请求名，默认 device-0、device-1 …",
  ),
  class: described(objectName().optional(), "DeviceClass, e.g. gpu.nvidia.com", "DeviceClass，如 gpu.nvidia.com"),
  count: described(z.int().min(1).max(MOST).optional(), "How many devices; default: 1", "设备数量，默认 1"),
  all: described(z.boolean().optional(), "All matching devices of a node", "节点上所有符合条件的设备"),
  selectors: described(
    z.array(z.string().min(1).max(LONGEST)).min(1).max(MOST).optional(),
    "CEL expressions that a device must meet",
    "设备须满足的 CEL 表达式",
  ),
  tolerations: described(
    z.array(toleration).min(1).max(16).optional(),
    "Taints of devices that it tolerates",
    "容忍的设备污点",
  ),
  claim: described(
    objectName().optional(),
    "An existing ResourceClaim, which the pods share",
    "已有的 ResourceClaim，由各 Pod 共用",
  ),
  template: described(
    objectName().optional(),
    "An existing ResourceClaimTemplate: one claim for each pod",
    "已有的 ResourceClaimTemplate，每个 Pod 各一个 claim",
  ),
});
type Request = z.output<typeof request>;

const schema = described(z.array(request).min(1).max(MOST), "The devices that it asks for", "申请的设备");

const SOURCES = ["class", "claim", "template"] as const;
const OF_CLASS = ["count", "all", "selectors", "tolerations"] as const;

export const devices = defineTrait({
  name: "devices",
  summary: { en: "Devices by dynamic resource allocation (DRA)", zh: "动态资源分配（DRA）的设备" },
  schema,
  examples: [
    {
      title: { en: "Two GPUs with at least 40Gi of memory each", zh: "两块显存不少于 40Gi 的 GPU" },
      value: [
        {
          class: "gpu.nvidia.com",
          count: 2,
          selectors: ["device.capacity['gpu.nvidia.com'].memory.compareTo(quantity('40Gi')) >= 0"],
        },
      ],
    },
    { title: { en: "A claim that exists already", zh: "已有的 claim" }, value: [{ claim: "shared-gpu" }] },
  ],
  appliesTo: "pods",
  check: (requests) => [...requests.flatMap(checkRequest), ...checkNames(requests)],
  render(requests, _target, context) {
    const own = requests.filter((one) => one.class !== undefined);
    const named = requests.filter((one) => one.class === undefined);
    const template = own.length === 0 ? undefined : templateOf(own, context);
    const claims = [
      ...(template === undefined ? [] : [{ name: "devices", resourceClaimTemplateName: template.metadata.name }]),
      ...named.map((one, index) =>
        onlyGiven({
          name: one.name ?? `claim-${index}`,
          resourceClaimName: one.claim,
          resourceClaimTemplateName: one.template,
        }),
      ),
    ];
    return {
      container: { resources: { claims: claims.map(({ name }) => ({ name: name ?? null })) } },
      pod: { resourceClaims: claims },
      objects: template === undefined ? [] : [{ manifest: template }],
    };
  },
});

function checkRequest(one: Request, index: number): readonly Problem[] {
  const given = SOURCES.filter((field) => one[field] !== undefined);
  if (given.length !== 1) {
    const text = {
      en: "give exactly one of class, claim and template",
      zh: "class、claim、template 必须且只能写一个",
    };
    return [brokenRule([index, ...given.slice(1, 2)], text)];
  }
  const [source = "class"] = given;
  const foreign = source === "class" ? [] : OF_CLASS.filter((field) => one[field] !== undefined);
  const text = {
    en: "{field} belongs to a request of a class; what a {source} contains is written in it",
    zh: "{field} 用于 class 请求；{source} 的内容在其自身中定义",
  };
  const both = { en: "count and all exclude each other: remove one of them", zh: "count 与 all 互斥，请去掉其中一个" };
  return [
    ...foreign.map((field) => brokenRule([index, field], text, { field, source })),
    ...(one.count !== undefined && one.all === true ? [brokenRule([index, "all"], both)] : []),
  ];
}

function checkNames(requests: readonly Request[]): readonly Problem[] {
  return requests.flatMap(({ name }, index) => {
    const first = requests.findIndex((one) => one.name === name);
    if (name === undefined || first === index) return [];
    return [problem("DuplicateName", [index, "name"], { name, first: `/${first}/name` })];
  });
}

/** The spec of a template can never be changed, so its name carries a hash: changed requests become another template. */
function templateOf(requests: readonly Request[], { component, facts }: RenderContext): Manifest {
  const spec = { devices: { requests: requests.map(requestOf) } };
  const hash = createHash("sha256").update(canonicalJson(spec)).digest("hex").slice(0, 8);
  return {
    apiVersion: apiVersionOf(facts),
    kind: "ResourceClaimTemplate",
    metadata: { name: `${component}-devices-${hash}` },
    spec: { spec },
  };
}

function requestOf(one: Request, index: number): JsonObject {
  const exactly = onlyGiven({
    deviceClassName: one.class,
    allocationMode: one.all === true ? "All" : "ExactCount",
    count: one.all === true ? undefined : (one.count ?? 1),
    selectors: nonEmpty(one.selectors?.map((expression) => ({ cel: { expression } }))),
    tolerations: nonEmpty(
      one.tolerations?.map(({ key, value, effect }) =>
        onlyGiven({ key, operator: value === undefined ? "Exists" : "Equal", value, effect }),
      ),
    ),
  });
  return { name: one.name ?? `device-${index}`, exactly };
}

/** Kubernetes 1.34 serves v1. Kubernetes 1.33 serves v1beta2 with the same fields. */
function apiVersionOf({ apiVersions }: ClusterFacts): string {
  const [newest, older] = ["resource.k8s.io/v1", "resource.k8s.io/v1beta2"] as const;
  const isOlder = apiVersions?.includes(newest) === false && apiVersions.includes(older);
  return isOlder ? older : newest;
}
