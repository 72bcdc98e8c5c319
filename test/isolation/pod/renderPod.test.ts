// No field of a registration's template and no value of a run's input gets past the allow-list.
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { draftPod, renderJobPod } from "../../../src/isolation/pod/renderPod.ts";
import { NO_CAPABILITIES } from "../../../src/isolation/policy/capability.ts";
import { PROFILES, type ProfileName } from "../../../src/isolation/policy/profile.ts";
import { dig, type Json, type JsonObject } from "../../../src/model/data/json.ts";
import { fromPointer } from "../../../src/model/data/pointer.ts";
import { explainProblem } from "../../../src/model/problems/problem.ts";
import { ATTACKS } from "../attacks.ts";
import { container, generousOrder, order, RICH, template } from "../fixtures.ts";
import { promiseViolations, restrictedViolations } from "../oracle.ts";
import { put } from "../put.ts";

// Longer than the default, because the machine may be busy; the properties themselves are fast.
vi.setConfig({ testTimeout: 180_000 });

const names = Object.keys(PROFILES) as ProfileName[]; // the keys of that table
const violations = (pod: unknown): readonly string[] => [...restrictedViolations(pod), ...promiseViolations(pod)];

describe("a template that keeps to the list", () => {
  it.each(names)("becomes a restricted pod in profile %s", (profile) => {
    const { pod, problems } = renderJobPod(template(), order({ profile }));
    expect(problems).toEqual([]);
    expect(violations(pod)).toEqual([]);
  });

  it("keeps everything that may be said", () => {
    const { pod, problems } = renderJobPod(RICH, generousOrder());
    expect(problems).toEqual([]);
    expect(violations(pod)).toEqual([]);
    expect(pod?.spec).toMatchObject({
      nodeSelector: { pool: "gpu", zone: "a" },
      schedulerName: "volcano",
      runtimeClassName: "nvidia",
      terminationGracePeriodSeconds: 10,
      activeDeadlineSeconds: 70,
      securityContext: { runAsUser: 10_001, fsGroup: 2_000 },
    });
    expect(dig(pod, "spec", "containers", 0)).toMatchObject({
      command: ["sh", "-c", "echo $MODEL"],
      resources: {
        requests: { cpu: "500m", memory: "4Gi", "nvidia.com/gpu": "1" },
        limits: { cpu: "2", "nvidia.com/gpu": "1" },
      },
      securityContext: { runAsUser: 1_000, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } },
    });
    expect(pod?.metadata.labels).toMatchObject({ team: "ml", "kubemin.dev/run": "r1", "kubemin.dev/job": "evaluate" });
  });

  it("keeps user namespaces for clusters that have them", () => {
    const pod = (hostUsers: boolean) => renderJobPod(template(), order({ runtime: { hostUsers } })).pod;
    expect(pod(true)?.spec["hostUsers"]).toBe(false);
    expect(pod(false)?.spec).not.toHaveProperty("hostUsers");
  });

  it("gives a token of ten minutes only to a profile with an account, once it was granted", () => {
    const k8s = ["create deployments"];
    const asked = (profile: ProfileName, granted: readonly string[]) => {
      const base = order();
      return renderJobPod(template(), {
        ...base,
        profile,
        capabilities: { ...NO_CAPABILITIES, k8s },
        grants: { ...base.grants, k8s: granted },
        identity: { ...base.identity, account: "kubemin-job-helm-install" },
      });
    };
    const { pod } = asked("helm", k8s);
    expect(JSON.stringify(pod)).toContain('"serviceAccountToken":{"path":"token","expirationSeconds":600}');
    expect(pod?.spec["automountServiceAccountToken"]).toBe(false);
    expect(asked("helm", []).pod).toBeNull();
    expect(asked("task", k8s).problems.map((one) => one.code)).toEqual(["ProfileForbids"]);
  });
});

describe("a template that does not", () => {
  it("would be seen by the oracle", () => {
    const seen = ATTACKS.filter((attack) => violations(put(RICH, attack.at, attack.value)).length > 0);
    // Pod Security does not cover names of Secrets and sizes; it covers nearly all other attacks.
    expect(seen.length).toBeGreaterThan(ATTACKS.length / 2);
  });

  it.each(ATTACKS.map((attack) => [attack.at.join("/"), attack] as const))(
    "is refused with its place: %s",
    (_name, attack) => {
      const { pod, problems } = renderJobPod(put(RICH, attack.at, attack.value), generousOrder());
      expect(pod).toBeNull();
      const path = ["template", ...attack.at].join("\n");
      const near = problems.filter((one) => {
        const pointer = fromPointer(one.pointer).join("\n");
        return pointer.startsWith(path) || path.startsWith(pointer);
      });
      expect(near.length, JSON.stringify(problems)).toBeGreaterThan(0);
      for (const one of problems) expect(explainProblem(one, "en").message).not.toMatch(/\{\w+\}/);
    },
  );

  it("never gets past the allow-list in any combination, not even in the draft that is not returned", () => {
    const anywhere = fc.constantFrom(...ATTACKS.map((attack) => attack.at));
    const hostile = fc.oneof(
      fc.constantFrom(...ATTACKS),
      fc.record({ at: anywhere, value: fc.oneof(fc.jsonValue(), fc.constantFrom(...ATTACKS.map((one) => one.value))) }),
    );
    const attacks = fc.array(hostile, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(attacks, fc.constantFrom(...names), (list, profile) => {
        const written = list.reduce<Json>((value, { at, value: what }) => put(value, at, what), RICH); // jsonValue gives Json
        const { pod } = renderJobPod(written, generousOrder(profile));
        if (pod !== null) expect(violations(pod)).toEqual([]);
        const draft = draftPod(written, generousOrder(profile)).pod;
        expect(
          violations(draft).filter(
            (one) => !one.startsWith("toleration") && one !== "scheduler" && !one.startsWith("key "),
          ),
        ).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("never throws, whatever it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        for (const value of [one, { spec: one, metadata: other }, template({ volumes: one }, other)])
          renderJobPod(value, generousOrder()); // jsonValue gives Json
      }),
      { numRuns: 300 },
    );
  });

  it("never throws for malformed labels and annotations, and lets no key of kubemin through", () => {
    const words = fc.constantFrom(
      "kubemin.dev/",
      "__proto__",
      "constructor",
      "/",
      "a/b/c",
      "toString",
      "x".repeat(400),
      "",
      "\u0000",
      "\uD800",
    );
    const map = fc.dictionary(fc.oneof(words, fc.string({ unit: "binary" })), fc.oneof(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(map, map, (labels, annotations) => {
        const written = JSON.parse(JSON.stringify({ labels, annotations })) as JsonObject; // it was made of JSON
        const { pod } = draftPod(template({}, written), generousOrder());
        expect(pod.metadata.labels?.["kubemin.dev/job-type"]).toBe("ai-eval");
        expect(Object.values(pod.metadata.annotations ?? {}).every((one) => typeof one === "string")).toBe(true);
        expect(Object.getPrototypeOf(pod.metadata.labels)).toBe(Object.prototype);
      }),
      { numRuns: 300 },
    );
  });

  it("limits the number of problems", () => {
    const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field${index}`, true]));
    const { pod, problems } = renderJobPod(template(fields), order());
    expect(pod).toBeNull();
    expect(problems).toHaveLength(101);
  });
});

describe("a run's input", () => {
  it("stays the text that it is, wherever the template puts it", () => {
    const places = [
      ["spec", "containers", 0, "args", 0],
      ["spec", "containers", 0, "env", 0, "value"],
      ["metadata", "annotations", "note"],
    ] as const;
    const without = (pod: unknown, place: readonly (string | number)[]): Json => put(pod as Json, place, "-"); // a pod is Json
    const input = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom('"],"hostNetwork":true,"x":["', "{{input.x}}", "$(TOKEN)", "x\n---\nkind: Pod", '\\"}]}'),
    );
    fc.assert(
      fc.property(input, fc.constantFrom(...places), (text, place) => {
        const { pod, problems } = renderJobPod(put(RICH, place, text), generousOrder());
        if (pod === null) {
          expect(problems.map((one) => one.pointer)).toEqual([`/template/${place.join("/")}`]);
          return;
        }
        expect(dig(pod, ...place)).toBe(text);
        const untouched = renderJobPod(RICH, generousOrder()).pod;
        expect(without(pod, place)).toEqual(without(untouched, place));
      }),
      { numRuns: 300 },
    );
  });
});

describe("resources", () => {
  it("caps the default request by the limit, raises the default limit to the request, and never lets a request exceed", () => {
    const resources = (value: JsonObject) =>
      renderJobPod(template({ containers: [container({ resources: value })] }), order());
    expect(
      dig(resources({ limits: { cpu: "50m" } }).pod, "spec", "containers", 0, "resources", "requests", "cpu"),
    ).toBe("50m");
    expect(
      dig(resources({ requests: { memory: "2Gi" } }).pod, "spec", "containers", 0, "resources", "limits", "memory"),
    ).toBe("2Gi");
    const over = resources({ requests: { cpu: "2" }, limits: { cpu: "1" } });
    expect(over.problems).toMatchObject([
      { code: "RequestOverLimit", pointer: "/template/spec/containers/0/resources/requests/cpu" },
    ]);
  });

  it("count all containers against the registration's maximum", () => {
    const three = ["a", "b", "c"].map((name) => container({ name, resources: { limits: { cpu: "2" } } }));
    const { problems } = renderJobPod(template({ containers: three }), order({ resources: { max: { cpu: "4" } } }));
    expect(problems).toMatchObject([{ code: "OutOfRange", params: { value: "cpu: 6", bound: "<= 4" } }]);
  });
});
