// The documents that `kubemin init` writes. A test plans each of them with the built-in catalog.
import { fill, type Language, type Localized } from "../../model/data/text.ts";

const HEAD: Localized = {
  en: "# Check it: kubemin validate {file}   See what it would do: kubemin plan {file}",
  zh: "# 检查：kubemin validate {file}   预览：kubemin plan {file}",
};

const WEB = `name: hello
components:
  - name: web
    type: webservice
    properties:
      image: nginx:1.27
      port: 80
      replicas: 2
`;

const WEB_WORKER_REDIS = `name: shop
components:
  - name: redis
    type: store
    properties:
      preset: redis

  - name: migrate
    type: task
    properties:
      image: busybox:1.36
      command: [sh, -c, "echo creating tables"]
    dependsOn: [redis]

  - name: web
    type: webservice
    properties:
      image: nginx:1.27
      port: 80
      replicas: 2
    traits:
      env:
        REDIS_URL: { component: redis }
      route:
        path: /
    dependsOn: [migrate]

  - name: worker
    type: worker
    properties:
      image: busybox:1.36
      command: [sh, -c, "while true; do sleep 60; done"]
    traits:
      env:
        REDIS_URL: { component: redis }
    dependsOn: [migrate]
`;

const TASK = `name: import
components:
  - name: import
    type: task
    properties:
      image: busybox:1.36
      command: [sh, -c, "echo working; sleep 2; echo done"]
    timeout: 10m
    retry:
      attempts: 2
`;

export const STARTING_POINTS: Readonly<Record<string, string>> = {
  web: WEB,
  "web-worker-redis": WEB_WORKER_REDIS,
  task: TASK,
};

/**
 * The text of a document. Its first line names the schema for yaml-language-server; see its README, "Using inlined
 * schema".
 */
export function startingPoint(name: string, schema: string, language: Language): string {
  const head = fill(HEAD[language], { file: "FILE" });
  return `# yaml-language-server: $schema=./${schema}\n${head}\n${STARTING_POINTS[name] ?? WEB}`;
}
