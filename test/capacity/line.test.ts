// Who is served first when room becomes free.
import { describe, expect, it } from "vitest";
import { createLine } from "../../src/capacity/line.ts";
import { createReservations } from "../../src/capacity/reservations.ts";
import type { ClusterView } from "../../src/capacity/view.ts";
import type { CapacityVerdict } from "../../src/model/capacity.ts";
import { GPU, gpuPod, node, pod, viewOf } from "./world.ts";

const busy = (name: string, gpus: number) => pod(name, { on: "gpu-1", limits: { [GPU]: String(gpus) } });

function begin(view: ClusterView) {
  const line = createLine();
  const world = { view, reservations: createReservations(), now: 0 };
  const ask = (id: string, gpus: number, since: number): CapacityVerdict => {
    const asked = gpuPod(gpus);
    const named = { ...asked, metadata: { ...asked.metadata, name: id } };
    const ticket = { id, since, name: id };
    return line.ask({ groups: [{ pod: named, count: 1 }], project: "mine", ticket }, world);
  };
  return { ask, line };
}

describe("the line of those who wait", () => {
  it("tells each its place among those who wait for the same", () => {
    const { ask, line } = begin(viewOf([node("gpu-1", { gpus: 4 })], [busy("holder", 4)]));
    expect(ask("second", 2, 20)).toMatchObject({ class: "waits", flavor: GPU, line: { position: 1, of: 1 } });
    expect(ask("first", 1, 10)).toMatchObject({ class: "waits", line: { position: 1, of: 2 } });
    expect(ask("second", 2, 20)).toMatchObject({ line: { position: 2, of: 2 } });
    line.leave("first");
    expect(ask("second", 2, 20)).toMatchObject({ line: { position: 1, of: 1 } });
  });

  it("gives free room to the oldest, whoever asks first", () => {
    const view = viewOf([node("gpu-1", { gpus: 4 })], [busy("holder", 4)]);
    const { ask } = begin(view);
    ask("old", 3, 10);
    ask("young", 2, 20);
    view.removePod(busy("holder", 4));
    expect(ask("young", 2, 20).class).toBe("waits");
    expect(ask("old", 3, 10).class).toBe("fits");
    expect(ask("newest", 1, 30).class).toBe("fits");
  });

  it("lets a small one pass what waits for more than there is", () => {
    const { ask } = begin(viewOf([node("gpu-1", { gpus: 4 })], [busy("holder", 2)]));
    expect(ask("large", 4, 10).class).toBe("waits");
    expect(ask("small", 2, 20).class).toBe("fits");
  });

  it("keeps what was found for one from the next, and its own from nobody", () => {
    const { ask } = begin(viewOf([node("gpu-1", { gpus: 4 })]));
    expect(ask("one", 3, 10).class).toBe("fits");
    expect(ask("two", 2, 20).class).toBe("waits");
    expect(ask("one", 3, 10).class).toBe("fits");
  });
});
