// An event as sinks send it. The id is the same however often it is sent, and no other installation makes the same one.

import { mapStrings, maskText } from "../model/document/sealed.ts";
import { writtenName } from "../model/kubernetes/name.ts";
import type { PlatformEvent } from "../model/run/event.ts";

interface Payload {
  readonly id: string;
  readonly body: string;
}

/** What keeps events in order: their run, or their application where there is no run. */
export function orderKey({ run, application }: Pick<PlatformEvent, "run" | "application">): string {
  return run ?? `application/${writtenName(application)}`;
}

export function payloadOf(event: PlatformEvent, installation: string): Payload {
  const { sequence, at, type, project, application, run, data } = event;
  const id = `${installation}-${sequence}`;
  return {
    id,
    body: JSON.stringify({
      id,
      sequence,
      at,
      type,
      project,
      application: writtenName(application),
      run,
      data: mapStrings(data, maskText),
    }),
  };
}
