// The input of src/isolation for one attempt of a registered type: what the registration asks for, the grants, and the
// identity. Pure.

import { runNamespaceOf } from "../../../isolation/cluster/projectNamespace.ts";
import type { Capabilities, Grants } from "../../../isolation/policy/capability.ts";
import type { JobIdentity, PodOrder, RuntimeSupport } from "../../../isolation/policy/order.ts";
import type { Quantities } from "../../../isolation/policy/resources.ts";
import { objectName } from "../../../jobs/pods/podRun.ts";
import { ACCOUNT_PREFIX } from "../../../model/kubernetes/jobLabels.ts";
import { profileNameOf } from "../../registration/profile.ts";
import type { Registration, RegistrationSpec } from "../../registration/registration.ts";
import { timesOf } from "../limits.ts";

/** The identity of an attempt. A job has it, and a check of a registration makes one up. */
interface AttemptKey {
  readonly project: string;
  readonly run: string;
  readonly job: string;
  readonly attempt: number;
  /** Milliseconds that the attempt may take, if the document sets a limit. */
  readonly attemptLimit?: number;
}

const NO_RUNTIME: RuntimeSupport = { hostUsers: false };
export const GPU = "nvidia.com/gpu";

/** A registration, and what was granted to the project for it. */
interface GrantedType {
  readonly registration: Registration;
  readonly grants: Grants;
}

export function podOrderOf(type: GrantedType, place: AttemptKey, runtime = NO_RUNTIME): PodOrder {
  const { spec } = type.registration;
  const capabilities = capabilitiesOf(spec);
  const resources = resourcesOf(spec);
  return {
    profile: profileNameOf(spec),
    capabilities,
    grants: type.grants,
    identity: identityOf(type, place, capabilities),
    timeouts: { attempt: place.attemptLimit ?? timesOf(spec).attempt, start: timesOf(spec).start },
    ...(resources === undefined ? {} : { resources }),
    runtime,
  };
}

export function capabilitiesOf({ capabilities = {} }: RegistrationSpec): Capabilities {
  const { network = [], secrets = [], volumes, services = [], k8s = [] } = capabilities;
  return { network, secrets, volumes: volumes?.max, services, k8s };
}

function identityOf(type: GrantedType, place: AttemptKey, { k8s }: Capabilities): JobIdentity {
  const { metadata, spec } = type.registration;
  const { project, run, job } = place;
  const name = objectName(place);
  return {
    project,
    namespace: runNamespaceOf(project),
    name,
    run,
    job,
    type: metadata.name,
    version: spec.version,
    secrets: [name],
    ...(k8s.length === 0 ? {} : { account: `${ACCOUNT_PREFIX}${name}` }),
  };
}

/** A container that names no devices gets the minimum, and all containers together get at most the maximum. */
function resourcesOf({ resources }: RegistrationSpec): PodOrder["resources"] {
  if (resources === undefined) return undefined;
  const { gpu } = resources;
  const device = gpu?.resource ?? GPU;
  const bound = (amount: number | undefined): Quantities => (amount === undefined ? {} : { [device]: String(amount) });
  const least = gpu?.min === undefined || gpu.min === 0 ? {} : bound(gpu.min);
  return { default: { ...resources.default, ...least }, min: least, max: { ...resources.max, ...bound(gpu?.max) } };
}
