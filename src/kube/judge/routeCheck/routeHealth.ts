// The health of an accepted route after it was checked over the network: ready when the program answers or when the
// address cannot be reached from here; blocked, and later failed, while the controller answers instead of the program.
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import { reason } from "../../../model/reasons/reason.ts";
import { nameOf, uidOf } from "../../objects/statusConditions.ts";
import { clip } from "../../refusals/admission.ts";
import { found, type HealthFinding, progressing, ready } from "../finding.ts";
import type { RuleView } from "../ruleView.ts";
import { type RouteRequest, urlOf } from "./askAddress.ts";

/**
 * Milliseconds until a refusal becomes final. Cloud load balancers need a minute or more until they know that a backend
 * is ready.
 */
const REFUSED_LASTS = 90_000;
const CHECK_AGAIN = 500;
/**
 * Milliseconds for which a refusal is still shown as "being checked", because every controller needs a moment after it
 * accepted a route.
 */
const USUAL = 5_000;

interface Checked {
  readonly object: Manifest;
  readonly view: RuleView;
  /** `undefined` when no address is published that could be asked. */
  readonly request: RouteRequest | undefined;
  readonly backend: { readonly service: string; readonly port: number };
  /** The address that people see. */
  readonly address: string | undefined;
}

export function routeVerdict({ object, view, request, backend, address }: Checked): HealthFinding {
  const facts = address === undefined ? undefined : { address };
  if (request === undefined || backend.service === "") return ready(facts);
  const url = urlOf(request);
  const namespace = object.metadata.namespace ?? "";
  const key = `${uidOf(object)}/${object.metadata.generation ?? 0}/${url}/${request.host}`;
  const state = view.route({ key, request, backend: { namespace, ...backend } });
  if (state === undefined) return ready(facts);
  if (state.kind === "asking") return progressing(reason("RouteChecking", { address: url }));
  if (state.kind === "answered")
    return { ...ready(facts), reason: reason("RouteVerified", { address: url, status: state.status }) };
  if (state.kind === "unreachable") {
    const why = reason("RouteUnverified", { address: url, detail: clip(state.detail) });
    return { ...ready(facts), reason: why };
  }
  const by = { detail: "AnsweredByController", url, status: state.status, service: backend.service };
  const evidence = {
    source: "response",
    object: nameOf(object),
    text: `${state.status} ${state.body}`.trim(),
  } as const;
  const early = view.now - state.since < USUAL;
  return {
    ...(early
      ? progressing(reason("RouteChecking", { address: url }))
      : found("blocked", reason("RouteRefused", { object: nameOf(object), ...by }), [evidence])),
    turns: { key: `route/answer/${uidOf(object)}`, after: REFUSED_LASTS, into: "failed" },
    again: CHECK_AGAIN,
  };
}

/** The host itself, or for a wildcard an example host that it covers. `undefined` for an empty host. */
export function visitedHost(host: string): string | undefined {
  return host === "" ? undefined : host.replace(/^\*\./, "kubemin-check.");
}
