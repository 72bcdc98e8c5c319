// Turns events into views of the API. Reasons get their sentence here, so that a client without the table of reasons
// can show them.

import type { z } from "zod";
import type { EventView } from "../../api/views.ts";
import { dig, isObject, type JsonObject } from "../../model/data/json.ts";
import type { Language } from "../../model/data/text.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import { REASONS, type Reason } from "../../model/reasons/reason.ts";
import type { PlatformEvent } from "../../model/run/event.ts";
import type { Frozen } from "../shared/contract.ts";
import { maskObject } from "./mask.ts";
import { reasonView } from "./reason.ts";

export function eventView(event: PlatformEvent, language: Language): Frozen<z.output<typeof EventView>> {
  const { sequence, at, type, run, data } = event;
  const application = writtenName(event.application);
  return { sequence, at, type, application, run, data: explained(maskObject(data), language) };
}

function explained(data: JsonObject, language: Language): Readonly<Record<string, unknown>> {
  const { reason } = data;
  return isReason(reason) ? { ...data, reason: reasonView(reason, language) } : data;
}

function isReason(value: unknown): value is Reason {
  const code = dig(value, "code");
  return typeof code === "string" && Object.hasOwn(REASONS, code) && isObject(dig(value, "params"));
}
