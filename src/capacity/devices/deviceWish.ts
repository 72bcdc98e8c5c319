// Which devices a pod asks for by dynamic resource allocation: through its claims, and through extended resources that
// a DeviceClass provides. Alternatives, constraints between devices, parts of a device and "all devices" are not
// computed here; they make the wish undecided.
import type { JsonObject } from "../../model/data/json.ts";
import { type Params } from "../../model/data/text.ts";
import { type Amounts, isExtended } from "../kubernetes/amounts.ts";
import { listAt, numberAt, objectAt, textAt } from "../kubernetes/optionalFields.ts";
import { type Toleration, tolerationsOf } from "../kubernetes/taints.ts";
import { deviceSelector, type Selector } from "./deviceSelector.ts";
import { type DeviceTable } from "./deviceTable.ts";

export interface DeviceRequest {
  readonly count: number;
  readonly selectors: readonly Selector[];
  readonly tolerations: readonly Toleration[];
  /** The device class or the extended resource that the pod names. Used in messages. */
  readonly name: string;
}

export interface DeviceWish {
  readonly requests: readonly DeviceRequest[];
  /** Extended resource -> the request that it means on a node whose device plug-in does not offer it. */
  readonly extended: ReadonlyMap<string, DeviceRequest>;
  /** Node selectors of the claims whose devices are already allocated. */
  readonly bound: readonly JsonObject[];
  /** Why it cannot be told whether a node fits: parameters of the reason. */
  readonly undecided: readonly Params[];
}

/** A wish while its claims are read. */
interface Collected {
  readonly requests: DeviceRequest[];
  readonly bound: JsonObject[];
  readonly undecided: Params[];
}

const IMPLICIT = "deviceclass.resource.kubernetes.io/";

export function deviceWishOf(pod: JsonObject, requests: Amounts, table: DeviceTable): DeviceWish {
  const wish: Collected = { requests: [], bound: [], undecided: [] };
  const namespace = textAt(pod, "metadata", "namespace");
  for (const named of listAt(pod, "spec", "resourceClaims")) {
    const claim = claimSpec(named, namespace, table);
    if (claim === undefined) wish.undecided.push({ detail: "ClaimAbsent", claim: textAt(named, "name") });
    else if (claim.allocation !== undefined) {
      const nodes = objectAt(claim.allocation, "nodeSelector");
      if (nodes !== undefined) wish.bound.push(nodes);
    } else readClaim(claim.spec, table, wish);
  }
  return { ...wish, extended: extendedOf(requests, table) };
}

interface ClaimFound {
  readonly spec: JsonObject;
  readonly allocation?: JsonObject;
}

function claimSpec(named: JsonObject, namespace: string, table: DeviceTable): ClaimFound | undefined {
  const [claimName, templateName] = [textAt(named, "resourceClaimName"), textAt(named, "resourceClaimTemplateName")];
  if (claimName === "") {
    const spec = objectAt(table.get("ResourceClaimTemplate", namespace, templateName), "spec", "spec");
    return spec === undefined ? undefined : { spec };
  }
  const claim = table.get("ResourceClaim", namespace, claimName);
  const allocation = objectAt(claim, "status", "allocation");
  const spec = objectAt(claim, "spec");
  return spec === undefined ? undefined : { spec, ...(allocation === undefined ? {} : { allocation }) };
}

function readClaim(spec: JsonObject, table: DeviceTable, wish: Pick<Collected, "requests" | "undecided">): void {
  if (listAt(spec, "devices", "constraints").length > 0) wish.undecided.push({ detail: "DevicesTied" });
  for (const request of listAt(spec, "devices", "requests")) {
    // v1beta1 has the fields of `exactly` in the request itself.
    const exactly = objectAt(request, "exactly") ?? request;
    const name = textAt(request, "name");
    if (exactly["adminAccess"] === true) continue;
    if (listAt(request, "firstAvailable").length > 0)
      wish.undecided.push({ detail: "RequestAlternatives", request: name });
    else if (textAt(exactly, "allocationMode") === "All") wish.undecided.push({ detail: "RequestAll", request: name });
    else if (exactly["capacity"] !== undefined) wish.undecided.push({ detail: "RequestPart", request: name });
    else
      wish.requests.push({
        name: textAt(exactly, "deviceClassName"),
        count: numberAt(exactly, "count") ?? 1,
        selectors: [...classSelectors(textAt(exactly, "deviceClassName"), table), ...selectorsOf(exactly)],
        tolerations: tolerationsOf(exactly),
      });
  }
}

function selectorsOf(owner: unknown): readonly Selector[] {
  return listAt(owner, "selectors").map((one) => deviceSelector(textAt(one, "cel", "expression")));
}

/** The selectors of a class. A class that does not exist yet gives one undecided selector. */
function classSelectors(name: string, table: DeviceTable): readonly Selector[] {
  const spec = objectAt(table.get("DeviceClass", "", name), "spec");
  return spec === undefined ? [() => undefined] : selectorsOf(spec);
}

function extendedOf(requests: Amounts, table: DeviceTable): ReadonlyMap<string, DeviceRequest> {
  const classes = [...table.all("DeviceClass")];
  const found = new Map<string, DeviceRequest>();
  for (const [resource, count] of requests) {
    if (!isExtended(resource) || count === 0) continue;
    const implicit = resource.startsWith(IMPLICIT) ? resource.slice(IMPLICIT.length) : "";
    const named = classes.find((one) => textAt(one, "spec", "extendedResourceName") === resource);
    const name = textAt(named, "metadata", "name") || implicit;
    if (name !== "")
      found.set(resource, { name: resource, count, selectors: classSelectors(name, table), tolerations: [] });
  }
  return found;
}
