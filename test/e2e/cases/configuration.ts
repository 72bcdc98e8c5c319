// Failing cases: documents that name something that does not exist, or that is different from what they say.
import { idle, worker } from "../support/documents.ts";
import { apply } from "../support/kubectl.ts";
import { type Case, knownAt, says } from "../support/verdicts.ts";

const secret = (name: string) => ({ env: { PASSWORD: { secret: name, key: "password", external: true } } });

export const CONFIGURATION: readonly Case[] = [
  {
    name: { en: "secret that does not exist", zh: "Secret 不存在" },
    job: "reader",
    components: [worker("reader", { timeout: "60s", traits: secret("not-made-yet") })],
    expected: {
      phase: "start-failed",
      code: "MissingReference",
      who: "you",
      en: /Secret not-made-yet does not exist/,
      zh: /引用不存在：Secret not-made-yet/,
      evidence: /not-made-yet/,
    },
    known: (namespace) => knownAt(namespace, /^reader-/, says("Failed", /not-made-yet/)),
  },
  {
    name: { en: "key that the secret does not have", zh: "Secret 中没有该键" },
    job: "halfway",
    components: [worker("halfway", { timeout: "60s", traits: secret("half") })],
    prepare: (namespace) =>
      apply(namespace, { apiVersion: "v1", kind: "Secret", metadata: { name: "half" }, stringData: { user: "lin" } }),
    expected: {
      phase: "start-failed",
      code: "MissingReference",
      who: "you",
      en: /Secret half has no key password/,
      zh: /引用不存在：Secret half has no key password/,
      evidence: /couldn't find key password/,
    },
    known: (namespace) => knownAt(namespace, /^halfway-/, says("Failed", /password/)),
  },
  {
    name: { en: "configuration file that does not exist", zh: "挂载的 ConfigMap 不存在" },
    job: "mounter",
    components: [
      worker("mounter", {
        timeout: "60s",
        traits: { storage: [{ type: "config", name: "no-config", mountPath: "/etc/app", external: true }] },
      }),
    ],
    expected: {
      phase: "start-failed",
      code: "MissingReference",
      who: "you",
      en: /ConfigMap no-config does not exist/,
      zh: /引用不存在：ConfigMap no-config/,
      evidence: /no-config/,
    },
    known: (namespace) => knownAt(namespace, /^mounter-/, says("FailedMount", /no-config/)),
  },
  {
    name: { en: "priority class that does not exist", zh: "PriorityClass 不存在" },
    job: "golden",
    components: [
      {
        name: "golden",
        type: "objects",
        timeout: "60s",
        properties: {
          objects: [
            {
              apiVersion: "apps/v1",
              kind: "Deployment",
              metadata: { name: "golden" },
              spec: {
                selector: { matchLabels: { app: "golden" } },
                template: {
                  metadata: { labels: { app: "golden" } },
                  spec: { priorityClassName: "gold", containers: [{ name: "main", ...idle() }] },
                },
              },
            },
          ],
        },
      },
    ],
    expected: {
      phase: "start-failed",
      code: "MissingReference",
      who: "you",
      en: /PriorityClass gold does not exist/,
      zh: /引用不存在：PriorityClass gold/,
      evidence: /no PriorityClass with name gold/,
    },
  },
];
