// Which project gets the room that becomes free, and what the others are told.
import { describe, expect, it } from "vitest";
import { createCapacityQueue } from "../../src/capacity/capacityQueue.ts";
import { createReservations } from "../../src/capacity/waiting/reservations.ts";
import type { CapacityVerdict, Ticket } from "../../src/model/kubernetes/capacity.ts";
import { LABELS, type Manifest } from "../../src/model/kubernetes/manifest.ts";
import { gpuPod, node, viewOf } from "./world.ts";

interface Job {
  readonly project: string;
  readonly since: number;
  readonly gpus?: number;
  readonly more?: Partial<Ticket>;
}

/** A cluster of one node with 8 GPUs on which jobs of projects wait, start and end. */
function cluster() {
  const view = viewOf([node("gpu-1", { gpus: 8 })]);
  const reservations = createReservations(view);
  const queue = createCapacityQueue();
  const jobs = new Map<string, Job>();
  const podOf = (id: string): Manifest => {
    const { project = "", gpus = 1 } = jobs.get(id) ?? {};
    const labels = { [LABELS.project]: project, [LABELS.application]: id };
    return { ...gpuPod(gpus), metadata: { name: id, namespace: "default", labels } };
  };
  const ask = (id: string, now = 0): CapacityVerdict => {
    const { project = "", since = 0, more = {} } = jobs.get(id) ?? {};
    const ticket = { id, since, name: `${id}/run`, ...more };
    return queue.ask({ groups: [{ pod: podOf(id), count: 1 }], project, ticket }, { view, reservations, now });
  };
  const placed = (id: string): Manifest => ({
    ...podOf(id),
    spec: { ...Object(podOf(id)["spec"]), nodeName: "gpu-1" },
  });
  return {
    ask,
    come: (id: string, job: Job): CapacityVerdict => {
      jobs.set(id, job);
      return ask(id);
    },
    start: (id: string): void => {
      queue.leave(id);
      view.putPod(placed(id));
      reservations.podSeen(placed(id));
    },
    end: (id: string): void => view.removePod(placed(id)),
    /** The jobs that get room now, whichever asks first. */
    served: (now = 0): readonly string[] =>
      [...jobs.keys()]
        .toReversed()
        .filter((id) => ask(id, now).class === "fits")
        .toSorted(),
  };
}

const GPUS = Array.from({ length: 8 }, (_, index) => `a${index}`);

function flooded() {
  const one = cluster();
  for (const id of GPUS) {
    one.come(id, { project: "a", since: 0 });
    one.start(id);
  }
  for (let index = 8; index < 24; index += 1) one.come(`a${index}`, { project: "a", since: index });
  return one;
}

describe("a project that floods the cluster", () => {
  it("lets the job of another project go first, although it came last", () => {
    const { come, end, ask, start } = flooded();
    expect(come("b0", { project: "b", since: 100 }).queue).toEqual({ position: 1, of: 17 });
    end("a0");
    expect(ask("a8").class).toBe("waits");
    expect(ask("b0").class).toBe("fits");
    start("b0");
    end("a1");
    expect(ask("a8").class).toBe("fits");
  });

  it("is told who is before it, and why", () => {
    const { come, ask } = flooded();
    come("b0", { project: "b", since: 100 });
    expect(ask("a10").queue).toEqual({
      position: 4,
      of: 17,
      before: {
        own: ["a8/run", "a9/run"],
        others: 1,
        shares: { first: { used: "0", share: "4" }, own: { used: "8", share: "4" } },
      },
    });
  });

  it("may use everything while nobody else waits", () => {
    const { end, served } = flooded();
    for (const id of ["a0", "a1", "a2"]) end(id);
    expect(served()).toEqual(["a10", "a8", "a9"]);
  });
});

describe("shares", () => {
  it("follow the weights of the projects", () => {
    const { come, start, end, served } = cluster();
    come("other", { project: "other", since: 0, gpus: 8 });
    start("other");
    for (let index = 0; index < 8; index += 1) {
      come(`a${index}`, { project: "a", since: index, more: { weights: [{ flavor: null, weight: 3 }] } });
      come(`b${index}`, { project: "b", since: index });
    }
    end("other");
    expect(served()).toEqual(["a0", "a1", "a2", "a3", "a4", "a5", "b0", "b1"]);
  });

  it("use the weight of the flavor, then that of its resource, then that of all resources", () => {
    const weights = [
      { flavor: null, weight: 0.01 },
      { flavor: "nvidia.com/gpu", weight: 3 },
      { flavor: "cpu", weight: 100 },
    ];
    const { come, start, end, served } = cluster();
    come("other", { project: "other", since: 0, gpus: 8 });
    start("other");
    for (let index = 0; index < 8; index += 1) {
      come(`a${index}`, { project: "a", since: index, more: { weights } });
      come(`b${index}`, { project: "b", since: index });
    }
    end("other");
    expect(served()).toEqual(["a0", "a1", "a2", "a3", "a4", "a5", "b0", "b1"]);
  });

  it("follow a weight that changes while the jobs wait", () => {
    const { come, start, end, served } = cluster();
    come("other", { project: "other", since: 0, gpus: 8 });
    start("other");
    const all = (weight: number): void => {
      for (let index = 0; index < 8; index += 1) {
        come(`a${index}`, { project: "a", since: index, more: { weights: [{ flavor: null, weight }] } });
        come(`b${index}`, { project: "b", since: index });
      }
    };
    all(1);
    all(7);
    end("other");
    expect(served()).toEqual(["a0", "a1", "a2", "a3", "a4", "a5", "a6", "b0"]);
  });

  it("leave the order inside a project to the priority, then to the age", () => {
    const { come, start, end, served } = cluster();
    come("other", { project: "other", since: 0, gpus: 8 });
    start("other");
    come("old", { project: "a", since: 1, gpus: 4 });
    come("low", { project: "a", since: 0, gpus: 4, more: { priority: "low" } });
    come("high", { project: "a", since: 9, gpus: 4, more: { priority: "high" } });
    end("other");
    expect(served()).toEqual(["high", "old"]);
  });

  it("do not let a flood that is overdue come before another project", () => {
    const { come, ask, end } = flooded();
    come("b0", { project: "b", since: 100 });
    for (let index = 8; index < 24; index += 1)
      come(`a${index}`, { project: "a", since: index, more: { overdueAt: 0 } });
    end("a0");
    expect(ask("a8", 1_000).class).toBe("waits");
    expect(ask("b0", 1_000).class).toBe("fits");
  });

  it("do not let a large job of a project starve behind its own and other small jobs", () => {
    const one = flooded();
    one.come("large", { project: "a", since: 1, gpus: 8, more: { overdueAt: 60_000, priority: "high" } });
    // A small job is served each minute, and always another one comes.
    let served: string | undefined;
    for (let minute = 1; minute < 40 && served !== "large"; minute += 1) {
      one.come(`b${minute}`, { project: minute % 2 === 0 ? "b" : "a", since: minute });
      one.end(minute <= 8 ? (GPUS[minute - 1] ?? "") : `x${minute}`);
      served = one.ask("large", minute * 60_000).class === "fits" ? "large" : undefined;
    }
    expect(served).toBe("large");
  });
});
