// A webhook of the test's own: an HTTPS server whose answers are functions, and its registration at the API server.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "../../src/kube/reach/connection.ts";
import { objectAt, textAt } from "../../src/model/data/fieldReaders.ts";
import { isObject, type JsonObject } from "../../src/model/data/json.ts";
import { create, remove } from "../capacity/rawCalls.ts";
import type { Stoppable } from "./stoppable.ts";

/** `denied` refuses the object with this message; otherwise `object` is stored. */
export type Admission = { readonly denied: string } | { readonly object: JsonObject };

export interface AdmissionRule {
  /** Full name of the webhook, as it appears in messages: `vgpu.hami.io`. */
  readonly name: string;
  readonly apiGroup: string;
  readonly resource: string;
  /** Only objects in namespaces with these labels reach the webhook. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** `isDryRun`: the object will not be stored, so the webhook must not count it. */
  readonly admit: (object: JsonObject, request: { readonly isDryRun: boolean }) => Admission | Promise<Admission>;
}

const CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

export async function startAdmission(raw: Connection, rule: AdmissionRule): Promise<Stoppable> {
  const { key, cert } = selfSigned();
  const server = createServer({ key, cert }, (request, response) => {
    void Array.fromAsync<Buffer>(request).then(async (chunks) => {
      const review: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(await reviewed(review, rule)));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the webhook has no port");
  await create(raw, CONFIGURATIONS, registration(rule, `https://127.0.0.1:${address.port}/`, cert));
  return {
    stop: async () => {
      await remove(raw, `${CONFIGURATIONS}/${rule.name}`);
      server.close();
      server.closeAllConnections();
    },
  };
}

function registration(rule: AdmissionRule, url: string, certificate: string): JsonObject {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: rule.name },
    webhooks: [
      {
        name: rule.name,
        admissionReviewVersions: ["v1"],
        sideEffects: "NoneOnDryRun",
        failurePolicy: "Fail",
        clientConfig: { url, caBundle: Buffer.from(certificate).toString("base64") },
        namespaceSelector: { matchLabels: rule.namespaceLabels },
        rules: [{ apiGroups: [rule.apiGroup], apiVersions: ["*"], operations: ["CREATE"], resources: [rule.resource] }],
      },
    ],
  };
}

async function reviewed(review: unknown, rule: AdmissionRule): Promise<JsonObject> {
  const request = objectAt(review, "request");
  const object = objectAt(request, "object");
  const namespaced = {
    ...object,
    metadata: { ...objectAt(object, "metadata"), namespace: textAt(request, "namespace") },
  };
  const admission = await rule.admit(namespaced, { isDryRun: request["dryRun"] === true });
  const uid = textAt(request, "uid");
  const answer: JsonObject =
    "denied" in admission
      ? { uid, allowed: false, status: { message: admission.denied, code: 403 } }
      : { uid, allowed: true, patchType: "JSONPatch", patch: patchBetween(object, admission.object) };
  return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer };
}

/** Replaces each top field that differs. The namespace of the request is not a part of the object. */
function patchBetween(before: JsonObject, after: JsonObject): string {
  const changed = Object.keys(after).filter((key) => key !== "metadata" && after[key] !== before[key]);
  const operations = changed.map((key) => ({ op: "add", path: `/${key}`, value: after[key] }));
  const annotations = isObject(after["metadata"]) ? after["metadata"]["annotations"] : undefined;
  const all =
    annotations === undefined
      ? operations
      : [...operations, { op: "add", path: "/metadata/annotations", value: annotations }];
  return Buffer.from(JSON.stringify(all)).toString("base64");
}

function selfSigned(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), "webhook-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  try {
    execFileSync("openssl", ["req", "-x509", ...curve, "-days", "2", ...names, "-keyout", key, "-out", cert], {
      stdio: "ignore",
    });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
