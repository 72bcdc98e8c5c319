// What holds back job types, in numbers. Names of types are labels: there are as many as were registered, and an alert must say which.
import type { Service } from "./service.ts";

interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly string[];
}

const VALUE = { closed: 0, "half-open": 1, open: 2 } as const;

export function typeMetrics({ world, registry }: Pick<Service, "world" | "registry">): readonly Gauge[] {
  const stops = [...registry.view().types.values()].flatMap((type) => type.stops);
  return [
    {
      name: "kubemin_job_type_breaker",
      help: "Breaker of a job type: 0 closed, 1 half-open, 2 open",
      samples: world.brakes.states().map(({ type, state }) => `{type="${type}"} ${VALUE[state]}`),
    },
    {
      name: "kubemin_job_type_stopped",
      help: "Job types of which nothing starts",
      samples: stops.map(({ type, kind }) => `{type="${type}",kind="${kind}"} 1`),
    },
  ];
}
