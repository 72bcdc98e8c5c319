import { inProcessDispatch } from "../../../src/dispatch/inProcess.ts";
import { systemClock } from "../../../src/engine/systemClock.ts";
import { dispatchContract } from "./contract.ts";

const log = { write: () => {} };

dispatchContract({
  name: "in process",
  processes: 1,
  create: async (setting) => {
    const dispatch = inProcessDispatch(log, systemClock, setting);
    return { dispatches: [dispatch], close: () => dispatch.stop() };
  },
});
