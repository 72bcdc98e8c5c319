// Metrics of what stops job types from starting. Types and projects are labels, because an alert must name them and
// only registered types appear. Targets are not labels: users name them, so their number has no limit.
import { worstState } from "../../engine/deciding/breakers.ts";
import type { ServerParts } from "../shared/serverParts.ts";

interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly string[];
}

const VALUE = { closed: 0, "half-open": 1, open: 2 } as const;

export function typeMetrics({
  dependencies,
  registry,
}: Pick<ServerParts, "dependencies" | "registry">): readonly Gauge[] {
  const states = Map.groupBy(
    dependencies.breakers.states(),
    ({ type, project }) => `type="${type}",project="${project}"`,
  );
  const stops = [...registry.view().types.values()].flatMap((type) => type.stops);
  return [
    {
      name: "kubemin_job_type_breaker",
      help: "Worst breaker of a job type in a project: 0 closed, 1 half-open, 2 open",
      samples: [...states].map(([labels, some]) => `{${labels}} ${VALUE[worstState(some)]}`),
    },
    {
      name: "kubemin_job_type_stopped",
      help: "Job types of which nothing starts",
      samples: stops.map(
        ({ type, kind, project }) =>
          `{type="${type}",kind="${kind}"${project === null ? "" : `,project="${project}"`}} 1`,
      ),
    },
  ];
}
