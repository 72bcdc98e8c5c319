// Listing the objects of one kind: the objects of all pages, and the answer that the caller chose when the API gives no
// list.
import { describe, expect, it } from "vitest";
import type { Call } from "../../../src/kube/reach/connection.ts";
import { KubernetesError } from "../../../src/kube/refusals/apiError.ts";
import type { Api } from "../../../src/kube/write/apply.ts";
import { listObjects, NONE_KNOWN, NOT_KNOWN } from "../../../src/kube/write/listObjects.ts";
import type { JsonObject } from "../../../src/model/data/json.ts";
import { reason } from "../../../src/model/reasons/reason.ts";
import { ClusterError } from "../../../src/ports/cluster.ts";

const { signal } = new AbortController();
const SERVED = { apiVersion: "example.org/v1beta1", kind: "Thing", plural: "things", namespaced: true };
const SILENT = new ClusterError(reason("ApiSilent", { kind: "Thing", api: "example.org/v1" }), true);
const refused = (status: number): KubernetesError =>
  new KubernetesError(status, { message: `refused with ${status}` }, undefined);
const page = (names: readonly string[], next: string): JsonObject => ({
  metadata: { continue: next },
  items: names.map((name) => ({ metadata: { name } })),
});

interface Given {
  /** The responses of the API, one per call. */
  readonly answers?: readonly (JsonObject | Error)[];
  /**
   * The discovery's `find`. It resolves to `undefined`, because the kind is served only in another version of its
   * group.
   */
  readonly find?: () => Promise<undefined>;
  readonly findInGroup?: () => Promise<typeof SERVED | undefined>;
}

function apiOf({ answers = [], find, findInGroup }: Given) {
  const calls: Call[] = [];
  const call = (asked: Call): Promise<{ readonly body: JsonObject }> => {
    calls.push(asked);
    const answer = answers[calls.length - 1] ?? page([], "");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ body: answer });
  };
  const served = {
    find: find ?? (() => Promise.resolve(undefined)),
    findInGroup: findInGroup ?? (() => Promise.resolve(SERVED)),
  };
  // `listObjects` uses nothing else of these two.
  const api = { connection: { cluster: "test", call }, discovery: served } as unknown as Api;
  return { api, calls };
}

const THING = { apiVersion: "example.org/v1", kind: "Thing" };

describe("a list of a kind", () => {
  it("has the objects of all pages, each with its kind", async () => {
    const { api, calls } = apiOf({ answers: [page(["one", "two"], "more"), page(["three"], "")] });
    const asked = { ...THING, namespace: "here", selectors: { labelSelector: "a=b" }, withoutList: NOT_KNOWN };
    const found = await listObjects(api, asked, signal);
    expect(found?.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`)).toEqual([
      "example.org/v1beta1 Thing one",
      "example.org/v1beta1 Thing two",
      "example.org/v1beta1 Thing three",
    ]);
    const path = "/apis/example.org/v1beta1/namespaces/here/things";
    expect(calls.map((one) => [one.path, one.query])).toEqual([
      [path, { labelSelector: "a=b", limit: 500 }],
      [path, { labelSelector: "a=b", limit: 500, continue: "more" }],
    ]);
  });

  it("begins again when the token of a page has expired", async () => {
    const answers = [page(["one"], "more"), refused(410), page(["one"], "again"), page(["two"], "")];
    const { api, calls } = apiOf({ answers });
    const found = await listObjects(api, { ...THING, withoutList: NONE_KNOWN }, signal);
    expect(found.map(({ metadata }) => metadata.name)).toEqual(["one", "two"]);
    expect(calls).toHaveLength(4);
  });

  it("is empty where the kind is not served, or not in the version that the caller insists on", async () => {
    const unserved = apiOf({ findInGroup: () => Promise.resolve(undefined) });
    expect(await listObjects(unserved.api, { ...THING, withoutList: NOT_KNOWN }, signal)).toEqual([]);
    const other = apiOf({ answers: [page(["one"], "")] });
    expect(await listObjects(other.api, { ...THING, exactVersion: true, withoutList: NOT_KNOWN }, signal)).toEqual([]);
    expect([...unserved.calls, ...other.calls]).toEqual([]);
  });

  it.each([
    ["silent", SILENT, [], null],
    ["forbidden", refused(403), [], null],
    ["refused as unknown", refused(404), [], "Missing"],
    ["answered with a failure", refused(503), "ClusterUnreachable", "ClusterUnreachable"],
    [
      "kept by a cluster that is away",
      new ClusterError(reason("CredentialRefused", { cluster: "test" }), true),
      "CredentialRefused",
      "CredentialRefused",
    ],
  ])("that is %s is the answer that the caller chose, or an error", async (_, cause, none, unknown) => {
    const answerOf = async (withoutList: typeof NONE_KNOWN | typeof NOT_KNOWN): Promise<unknown> =>
      listObjects<unknown>(apiOf({ answers: [cause] }).api, { ...THING, withoutList }, signal).catch(
        (error: unknown) => (error instanceof ClusterError ? error.reason.code : error),
      );
    expect([await answerOf(NONE_KNOWN), await answerOf(NOT_KNOWN)]).toEqual([none, unknown]);
  });

  it("that fails is told by the name that the caller gave", async () => {
    const asked = { ...THING, withoutList: NOT_KNOWN, nameForErrors: "the API" };
    const { api } = apiOf({ answers: [refused(404)] });
    await expect(listObjects(api, asked, signal)).rejects.toMatchObject({
      reason: reason("Missing", { object: "the API" }),
    });
  });
});
