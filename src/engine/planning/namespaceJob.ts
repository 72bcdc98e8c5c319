// Adds the job that creates the namespace, when the user asked for that. It runs before all other jobs. The platform
// never removes the namespace again, because it may contain objects of other owners by then.
import { LABELS, MANAGED_BY, type Manifest } from "../../model/kubernetes/manifest.ts";
import type { Plan, PlannedJob } from "../../model/run/plan.ts";

/** No component can have this name, because names contain no colon. */
const JOB = "namespace:create";

export function withNamespace(plan: Plan, project: string): Plan {
  const manifest: Manifest = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: plan.namespace,
      labels: { [LABELS.managedBy]: MANAGED_BY, [LABELS.project]: project, [LABELS.application]: plan.application },
    },
  };
  const first: PlannedJob = {
    name: JOB,
    type: "deploy",
    component: null,
    needs: [],
    objects: [{ manifest, keep: true }],
    input: {},
    timeout: 60_000,
    retry: { attempts: 1, backoff: 1_000 },
  };
  const others = plan.jobs.map((job) =>
    job.needs.length > 0 ? job : { ...job, needs: [{ job: JOB, because: "order" as const }] },
  );
  const change = {
    component: null,
    object: { apiVersion: "v1", kind: "Namespace", namespace: "", name: plan.namespace },
    action: "create" as const,
    class: "create" as const,
    fields: [],
  };
  return { ...plan, jobs: [first, ...others], layers: [[JOB], ...plan.layers], changes: [change, ...plan.changes] };
}
