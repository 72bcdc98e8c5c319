// Tests reasons that have a cause: both sentences are in the reader's language, and the person who must act is the one
// who can remove the cause.
import { describe, expect, it } from "vitest";
import { explainReason, mapReason, reason, reasonData, whoActs } from "../../../src/model/reasons/reason.ts";

const image = reason("ImageRegistryUnreachable", { image: "x:1", detail: "no such host" });
const gaveUp = reason("GaveUpWaiting", { limit: "30s" }, image);

describe("a reason with a cause", () => {
  it("is said in one language", () => {
    expect(explainReason(gaveUp, "en")).toBe(
      "gave up waiting after 30s: the registry of image x:1 cannot be reached: no such host",
    );
    expect(explainReason(gaveUp, "zh")).toBe("等待 30s 后放弃：无法访问镜像 x:1 的仓库：no such host");
    expect(gaveUp.params["cause"]).toBe("the registry of image x:1 cannot be reached: no such host");
  });

  it("calls whoever can end the cause, however deep; nobody's cause leaves it with its own", () => {
    expect(whoActs(gaveUp)).toBe("operator");
    expect(whoActs(reason("Retrying", { delay: "1s", attempt: 2, attempts: 3 }, gaveUp))).toBe("operator");
    expect(whoActs(reason("Deadline", { limit: "8s" }, reason("TaskRunning")))).toBe("you");
    expect(whoActs(reason("GaveUpWaiting", { limit: "8s" }, reason("Slot")))).toBe("nobody");
  });

  it("hides secrets of the cause too, and survives being kept", () => {
    const masked = mapReason(gaveUp, (text) => text.replaceAll("no such host", "•"));
    expect(explainReason(masked, "zh")).not.toContain("no such host");
    expect(masked.params["cause"]).not.toContain("no such host");
    expect(JSON.parse(JSON.stringify(reasonData(gaveUp)))).toEqual(gaveUp);
  });
});
