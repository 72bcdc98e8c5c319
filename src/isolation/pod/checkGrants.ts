// Checks whether everything that a job type asks for, and everything that its template uses, is granted to the project.
// The registration asks and an administrator grants; neither implies the other. A problem names who can grant what is
// missing.
import type { Path } from "../../model/data/pointer.ts";
import { parseQuantity } from "../../model/kubernetes/quantity.ts";
import { type Problem, problem } from "../../model/problems/problem.ts";
import type { Capabilities, Grants } from "../policy/capability.ts";
import type { PodOrder } from "../policy/order.ts";
import { profileOf } from "../policy/profile.ts";
import type { Use, UseKind } from "../template/shape.ts";

type Asker = Pick<PodOrder, "profile" | "capabilities" | "grants" | "identity">;

interface Missing {
  readonly name: string;
  readonly field: string;
  readonly at: Path;
}

/** All capabilities that were asked for and not granted. Used for a registration and for a run. */
export function checkCapabilities(order: {
  readonly capabilities: Capabilities;
  readonly grants: Grants;
  readonly project: string;
  readonly type: string;
}): readonly Problem[] {
  const { capabilities, grants, project, type } = order;
  const lists = (["network", "secrets", "services", "k8s"] as const).flatMap((field) =>
    capabilities[field].flatMap((name, index): Missing[] =>
      grants[field].includes(name) ? [] : [{ name, field, at: ["capabilities", field, index] }],
    ),
  );
  const asked = parseQuantity(capabilities.volumes ?? "0") ?? Number.POSITIVE_INFINITY;
  const given = parseQuantity(grants.volumes ?? "0") ?? 0;
  const volumes: readonly Missing[] =
    asked <= given
      ? []
      : [{ name: capabilities.volumes ?? "", field: "volumes", at: ["capabilities", "volumes", "max"] }];
  return [...lists, ...volumes].map((one) => notGranted(one, { grants, project, type }));
}

function notGranted(
  { name, field, at }: Missing,
  { grants, project, type }: { readonly grants: Grants; readonly project: string; readonly type: string },
): Problem {
  const granters = grants.granters.length === 0 ? "anAdministrator" : grants.granters.join(", ");
  return problem("GrantMissing", at, { project, name, field, type, granters });
}

/** Whether the order covers a use of the template. */
type Covered = (use: Use, order: Asker) => boolean;

const among =
  (
    field:
      | "tolerations"
      | "runtimeClasses"
      | "priorityClasses"
      | "schedulers"
      | "csiDrivers"
      | "storageClasses"
      | "deviceClaims"
      | "metadataDomains",
  ): Covered =>
  ({ name }, { grants }) =>
    grants[field].includes(name);

const GRANTED = {
  devices: ({ name, amount }, { grants }) =>
    Object.hasOwn(grants.devices, name) && amount <= (grants.devices[name] ?? 0),
  nodeLabels: ({ name }, { grants }) =>
    grants.nodeLabels.includes(name) || grants.nodeLabels.includes(name.slice(0, name.indexOf("="))),
  tolerations: among("tolerations"),
  runtimeClasses: among("runtimeClasses"),
  priorityClasses: among("priorityClasses"),
  schedulers: among("schedulers"),
  csiDrivers: among("csiDrivers"),
  storageClasses: among("storageClasses"),
  deviceClaims: among("deviceClaims"),
  metadataDomains: among("metadataDomains"),
} as const satisfies Partial<Record<UseKind, Covered>>;

const DECLARED = {
  secrets: ({ name }, { capabilities, identity, profile }) =>
    (identity.secrets ?? []).includes(name) ||
    (profileOf(profile).secrets === "named" && capabilities.secrets.includes(name)),
  claims: ({ name }, { identity }) => (identity.claims ?? []).includes(name),
  volumes: ({ amount }, { capabilities }) => amount <= (parseQuantity(capabilities.volumes ?? "0") ?? 0),
} as const satisfies Partial<Record<UseKind, Covered>>;

const DEVICES: ReadonlySet<UseKind> = new Set(["devices", "deviceClaims"]);

/**
 * Checks what the template uses: Secrets, claims and storage must be declared; devices, placement and the like must be
 * granted.
 */
export function checkUses(uses: readonly Use[], order: Asker): readonly Problem[] {
  return uses.flatMap((use): readonly Problem[] => {
    const { what, name, at } = use;
    if (DEVICES.has(what) && !profileOf(order.profile).devices)
      return [problem("ProfileForbids", at, { profile: order.profile, what: name })];
    if (what in DECLARED) return declared(use, order);
    const covered: Covered = GRANTED[what as keyof typeof GRANTED]; // in one of the two tables, by their types
    if (covered(use, order)) return [];
    const { project, type } = order.identity;
    return [notGranted({ name, field: what, at }, { grants: order.grants, project, type })];
  });
}

function declared(use: Use, order: Asker): readonly Problem[] {
  const covered: Covered = DECLARED[use.what as keyof typeof DECLARED]; // the caller looked
  if (covered(use, order)) return [];
  const perRun = use.what === "secrets" && profileOf(order.profile).secrets === "perRun";
  if (perRun) return [problem("ProfileForbids", use.at, { profile: order.profile, what: use.name })];
  return [problem("NotDeclared", use.at, { name: use.name, field: FIELD[use.what as keyof typeof DECLARED] })]; // as above
}

const FIELD: Readonly<Record<keyof typeof DECLARED, string>> = {
  secrets: "capabilities.secrets",
  claims: "resources.volumes",
  volumes: "capabilities.volumes.max",
};
