// Route checks: what the responses of a published address mean, how often it is asked, and what is reported.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Ask,
  askOverNetwork,
  type RouteAnswer,
  type RouteRequest,
} from "../../../../src/kube/judge/routeCheck/askAddress.ts";
import {
  createRouteChecks,
  type RouteQuestion,
  type RouteState,
} from "../../../../src/kube/judge/routeCheck/checks.ts";
import { isDefaultBackend } from "../../../../src/kube/judge/routeCheck/defaultBackend.ts";
import { statusOf } from "../../../../src/kube/judge/status/table.ts";
import { judge, NO_MEMORY } from "../../../../src/kube/judge/verdict.ts";
import type { Manifest } from "../../../../src/model/kubernetes/manifest.ts";
import { createVirtualClock } from "../../../support/virtualClock.ts";
import { NOW, object, view } from "../../fixtures.ts";

const request: RouteRequest = { secure: false, host: "192.0.2.7", port: 80, hostHeader: "a.example.com", path: "/" };
const question: RouteQuestion = { key: "k", request, backend: { namespace: "test", service: "web", port: 80 } };
const answer = (status: number, body = "", server = ""): RouteAnswer => ({ status, body, server });

describe("the controller's own answers", () => {
  it.each<[string, RouteAnswer, boolean]>([
    ["Traefik without a route", answer(404, "404 page not found\n"), true],
    ["Traefik without a backend", answer(503, "no available server\n"), true],
    ["Traefik with a dead backend", answer(502, "Bad Gateway"), true],
    ["ingress-nginx without a route", answer(404, "<h1>404 Not Found</h1></center><hr><center>nginx</center>"), true],
    ["Envoy without a route", answer(404, "", "istio-envoy"), true],
    ["Envoy without a backend", answer(503, "no healthy upstream"), true],
    ["a program's own 404", answer(404, '{"error":"no such product"}'), false],
    ["a program's own empty 404", answer(404, ""), false],
    ["a program that is not well", answer(503, "redis does not answer"), false],
    ["a redirect", answer(302), false],
    ["a program that wants a login", answer(401), false],
    ["a page", answer(200, "404 page not found"), false],
  ])("%s: %s", (_name, given, theirs) => {
    expect(isDefaultBackend(given)).toBe(theirs);
  });
});

interface Asked {
  readonly requests: RouteRequest[];
  readonly clock: ReturnType<typeof createVirtualClock>;
  readonly state: () => RouteState;
  readonly known: () => RouteState | undefined;
}

function checking(ask: Ask, program404 = false): Asked {
  const clock = createVirtualClock();
  const requests: RouteRequest[] = [];
  const checks = createRouteChecks({
    clock,
    ask: (one, signal) => {
      requests.push(one);
      return ask(one, signal);
    },
    programSays404: () => Promise.resolve(program404),
    onAnswer: () => {},
  });
  return { requests, clock, state: () => checks.ask(question), known: () => checks.known(question) };
}

const NOT_FOUND = answer(404, "404 page not found\n");

describe("asking", () => {
  it("is one request for many looks, and none for who only wants to know", async () => {
    const { requests, clock, state, known } = checking(() => Promise.resolve(answer(204)));
    expect(known()).toBeUndefined();
    expect([state(), state()]).toEqual([{ kind: "asking" }, { kind: "asking" }]);
    await clock.advance(0);
    expect([state(), known()]).toEqual([
      { kind: "answered", status: 204 },
      { kind: "answered", status: 204 },
    ]);
    expect(requests).toEqual([request]);
  });

  it("goes on while the controller answers, remembering since when", async () => {
    let current = NOT_FOUND;
    const { requests, clock, state } = checking(() => Promise.resolve(current));
    state();
    await clock.advance(0);
    const first = state();
    expect(first).toMatchObject({ kind: "refused", status: 404, body: "404 page not found" });
    await clock.advance(1_000);
    expect(state()).toEqual(first);
    await clock.advance(0);
    expect(state()).toEqual(first);
    expect(requests).toHaveLength(2);
    current = answer(200);
    await clock.advance(1_000);
    state();
    await clock.advance(0);
    expect(state()).toEqual({ kind: "answered", status: 200 });
  });

  it("believes a 404 that the program itself gives, too", async () => {
    const { clock, state } = checking(() => Promise.resolve(NOT_FOUND), true);
    state();
    await clock.advance(0);
    expect(state()).toEqual({ kind: "answered", status: 404 });
  });

  it("ends after five seconds without an answer", async () => {
    const { clock, state } = checking(
      (_request, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))),
    );
    state();
    await clock.advance(5_000);
    expect(state()).toEqual({ kind: "unreachable", detail: "NoAnswerWithin5s" });
  });
});

describe("over the network", () => {
  let server: Server | undefined;
  afterEach(() => new Promise((done) => (server === undefined ? done(null) : server.close(done))));

  it("says the host of the route, not the published address, and follows nothing", async () => {
    const seen: (string | undefined)[] = [];
    server = createServer((incoming, outgoing) => {
      seen.push(incoming.headers.host, incoming.url);
      outgoing.writeHead(302, { location: "http://192.0.2.1/", server: "test" }).end("moved");
    });
    await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
    const found = await askOverNetwork({ ...request, host: "127.0.0.1", port, path: "/a" }, AbortSignal.timeout(5_000));
    expect(found).toEqual({ status: 302, server: "test", body: "moved" });
    expect(seen).toEqual(["a.example.com", "/a"]);
  });
});

const ingress: Manifest = object({
  kind: "Ingress",
  apiVersion: "networking.k8s.io/v1",
  spec: {
    rules: [
      {
        host: "a.example.com",
        http: { paths: [{ path: "/", backend: { service: { name: "web", port: { number: 80 } } } }] },
      },
    ],
  },
  status: { loadBalancer: { ingress: [{ ip: "192.0.2.7" }] } },
});

describe("the verdict on a published route", () => {
  it.each<[string, RouteState | undefined, string, string]>([
    ["not asked", undefined, "ready", "Ready"],
    ["being asked", { kind: "asking" }, "progressing", "RouteChecking"],
    ["answered", { kind: "answered", status: 404 }, "ready", "RouteVerified"],
    ["unreachable from here", { kind: "unreachable", detail: "ECONNREFUSED" }, "ready", "RouteUnverified"],
    ["just accepted", { kind: "refused", status: 404, body: "", since: NOW - 1_000 }, "progressing", "RouteChecking"],
    ["still refused", { kind: "refused", status: 502, body: "", since: NOW - 9_000 }, "blocked", "RouteRefused"],
  ])("%s", (_name, route, state, code) => {
    const given = route === undefined ? {} : { route };
    const finding = statusOf({ object: ingress, generation: 1, view: view(given) });
    expect([finding.state, finding.reason.code]).toEqual([state, code]);
    if (finding.state === "ready") expect(finding.facts).toEqual({ address: "http://a.example.com" });
  });

  it("becomes a failure with the answer as evidence, once it lasted", () => {
    const route = { kind: "refused", status: 502, body: "Bad Gateway", since: NOW - 9_000 } as const;
    const finding = statusOf({ object: ingress, generation: 1, view: view({ route }) });
    const seen = new Map([["route/answer/Ingress-uid", { first: NOW - 90_000, last: NOW - 500 }]]);
    const { health, final } = judge(finding, { ...NO_MEMORY, seen }, NOW);
    expect(final).toBe(true);
    expect(health).toMatchObject({
      state: "failed",
      reason: { code: "RouteRefused" },
      evidence: [{ source: "response", text: "502 Bad Gateway" }],
    });
  });
});
