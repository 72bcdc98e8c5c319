// Which waiting request gets the room that becomes free.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCapacityQueue } from "../../src/capacity/capacityQueue.ts";
import type { ClusterView } from "../../src/capacity/view/clusterView.ts";
import { createReservations } from "../../src/capacity/waiting/reservations.ts";
import type { CapacityVerdict } from "../../src/model/kubernetes/capacity.ts";
import { GPU, gpuPod, node, pod, viewOf } from "./world.ts";

const busy = (name: string, gpus: number) => pod(name, { on: "gpu-1", limits: { [GPU]: String(gpus) } });

function begin(view: ClusterView) {
  const line = createCapacityQueue();
  const state = { view, reservations: createReservations(view), now: 0 };
  const ask = (id: string, gpus: number, since: number, overdueAt?: number): CapacityVerdict => {
    const asked = gpuPod(gpus);
    const named = { ...asked, metadata: { ...asked.metadata, name: id } };
    const ticket = { id, since, name: id, ...(overdueAt === undefined ? {} : { overdueAt }) };
    return line.ask({ groups: [{ pod: named, count: 1 }], project: "mine", ticket }, state);
  };
  return { ask, line };
}

describe("the queue of waiting requests", () => {
  it("reports to each request its place among those that wait for the same", () => {
    const { ask, line } = begin(viewOf([node("gpu-1", { gpus: 4 })], [busy("holder", 4)]));
    expect(ask("second", 2, 20)).toMatchObject({ class: "waits", flavor: GPU, queue: { position: 1, of: 1 } });
    expect(ask("first", 1, 10)).toMatchObject({ class: "waits", queue: { position: 1, of: 2 } });
    expect(ask("second", 2, 20)).toMatchObject({ queue: { position: 2, of: 2 } });
    line.leave("first");
    expect(ask("second", 2, 20)).toMatchObject({ queue: { position: 1, of: 1 } });
  });

  it("gives free room to the oldest, whichever asks first", () => {
    const view = viewOf([node("gpu-1", { gpus: 4 })], [busy("holder", 4)]);
    const { ask } = begin(view);
    ask("old", 3, 10);
    ask("young", 2, 20);
    view.removePod(busy("holder", 4));
    expect(ask("young", 2, 20).class).toBe("waits");
    expect(ask("old", 3, 10).class).toBe("fits");
    expect(ask("newest", 1, 30).class).toBe("fits");
  });

  it("lets a small request pass one that waits for more than there is", () => {
    const { ask } = begin(viewOf([node("gpu-1", { gpus: 4 })], [busy("holder", 2)]));
    expect(ask("large", 4, 10).class).toBe("waits");
    expect(ask("small", 2, 20).class).toBe("fits");
  });

  it("reserves found room against the next request, but not against its own", () => {
    const { ask } = begin(viewOf([node("gpu-1", { gpus: 4 })]));
    expect(ask("one", 3, 10).class).toBe("fits");
    expect(ask("two", 2, 20).class).toBe("waits");
    expect(ask("one", 3, 10).class).toBe("fits");
  });
});

interface Small {
  readonly after: number;
  readonly lasts: number;
  readonly gpus: number;
}

const LONGEST = 10;
const OVERDUE = 15;

/**
 * Simulates minute by minute: small jobs arrive, run when they get room, and end; one large job needs a whole one of
 * two nodes. Returns the minutes that the large job waits.
 */
function waitOfLarge(jobs: readonly Small[], overdueAt: number | undefined): number | undefined {
  const view = viewOf([node("gpu-1", { gpus: 4 }), node("gpu-2", { gpus: 4 })]);
  const [line, reservations] = [createCapacityQueue(), createReservations(view)];
  const running = new Map<string, { readonly pod: ReturnType<typeof pod>; readonly end: number }>();
  const free = new Map([
    ["gpu-1", 4],
    ["gpu-2", 4],
  ]);
  const run = (id: string, gpus: number, end: number): void => {
    // Like a scheduler that packs: the fullest node that has room.
    const [on] = [...free].filter(([, left]) => left >= gpus).sort((a, b) => a[1] - b[1])[0] ?? [];
    if (on === undefined) throw new Error(`${id} got the answer that there is room`);
    free.set(on, (free.get(on) ?? 0) - gpus);
    const made = pod(id, { on, limits: { [GPU]: String(gpus) } });
    view.putPod(made);
    reservations.release(`default/${id}`);
    running.set(id, { pod: made, end });
  };
  const comings = jobs.map(({ after, ...job }, index) => ({ ...job, at: after, id: `s${index}` }));
  const waiting = new Map(comings.map((one) => [one.id, one]));
  for (let now = 0; now < 150; now += 1) {
    for (const [id, { pod: made, end }] of running)
      if (end === now) {
        view.removePod(made);
        const on = (made["spec"] as { nodeName: string }).nodeName; // written above
        free.set(on, (free.get(on) ?? 0) + Number(id.startsWith("s") ? comings[Number(id.slice(1))]?.gpus : 4));
        running.delete(id);
      }
    const asks = [
      ...[...waiting.values()]
        .filter((one) => one.at <= now)
        .slice(0, 8)
        .map(({ id, gpus, at, lasts }) => ({ id, gpus, at, lasts })),
      { id: "large", gpus: 4, at: 5, lasts: 1 },
    ].filter((one) => one.at <= now);
    for (const { id, gpus, at, lasts } of asks) {
      const late = id === "large" && overdueAt !== undefined ? { overdueAt: (at + overdueAt) * 60_000 } : {};
      const named = { ...gpuPod(gpus), metadata: { ...gpuPod(gpus).metadata, name: id } };
      const ticket = { id, since: at * 60_000, name: id, ...late };
      const state = { view, reservations, now: now * 60_000 };
      const said = line.ask({ groups: [{ pod: named, count: 1 }], project: "mine", ticket }, state);
      if (said.class !== "fits") continue;
      line.leave(id);
      if (id === "large") return now - at;
      waiting.delete(id);
      run(id, gpus, now + lasts);
    }
  }
  return undefined;
}

describe("one that is passed again and again", () => {
  /** Two new jobs each minute, far more than the cluster has room for. */
  const crowd: fc.Arbitrary<readonly Small[]> = fc
    .array(fc.record({ lasts: fc.integer({ min: 3, max: LONGEST }), gpus: fc.integer({ min: 1, max: 2 }) }), {
      minLength: 120,
      maxLength: 120,
    })
    .map((jobs) => jobs.map((job, index) => ({ ...job, after: Math.floor(index / 2) })));

  it("gets room when it is overdue and the running jobs have ended, however many come after it", () => {
    fc.assert(
      fc.property(crowd, (jobs) => {
        const waited = waitOfLarge(jobs, OVERDUE);
        expect(waited).toBeDefined();
        // The reservation may move to a node that is nearer to having room. It moves at most four times, and waits each
        // time for the jobs that run there.
        expect(waited).toBeLessThanOrEqual(OVERDUE + 4 * LONGEST + 2);
      }),
      { numRuns: 10 },
    );
  });

  it("would otherwise keep waiting", () => {
    const jobs = Array.from({ length: 120 }, (_, index) => ({
      after: Math.floor(index / 2),
      lasts: 6 + (index % 5),
      gpus: 1,
    }));
    expect(waitOfLarge(jobs, undefined) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(OVERDUE + 4 * LONGEST + 2);
  });

  it("takes no room on other nodes, and the requests behind it report why they wait", () => {
    const view = viewOf([node("gpu-1", { gpus: 4 }), node("gpu-2", { gpus: 2 })], [busy("holder", 2)]);
    const { ask } = begin(view);
    expect(ask("large", 4, 0, 0).class).toBe("waits");
    expect(ask("small", 2, 20)).toMatchObject({ class: "fits" });
    expect(ask("next", 2, 30)).toMatchObject({ class: "waits", reason: { code: "KeptForOlder" } });
    view.removePod(busy("holder", 2));
    expect(ask("next", 2, 30).class).toBe("waits");
    expect(ask("large", 4, 0, 0).class).toBe("fits");
  });
});
