// Environment variables of the main container.
import { defineTrait } from "../define.ts";
import { envField, envReferences, envVariables } from "../parts/pod/env.ts";

export const env = defineTrait({
  name: "env",
  summary: { en: "Environment variables", zh: "环境变量" },
  schema: envField(),
  examples: [
    {
      title: { en: "From everywhere", zh: "各种来源" },
      value: {
        LOG_LEVEL: "info",
        WORKERS: 4,
        REDIS_URL: { component: "redis" },
        REDIS_HOST: { component: "redis", output: "host" },
        PASSWORD: { secret: "database", key: "password", external: true },
        THEME: { config: "settings", key: "theme", external: true },
        POD_IP: { field: "status.podIP" },
        MEMORY_LIMIT: { resource: "limits.memory" },
      },
    },
  ],
  appliesTo: "pods",
  references: (data) => envReferences(data, []),
  render: (data, _target, context) => ({ env: envVariables(data, context) }),
});
