// Turns the differences between a revision and the cluster into views of the API. Values are masked here once more.

import type { z } from "zod";
import type { DriftItem, DriftView } from "../../api/views.ts";
import type { ApplicationDrift, ObjectDrift } from "../../engine/contract/requests.ts";
import type { Language } from "../../model/data/text.ts";
import { writtenName } from "../../model/kubernetes/name.ts";
import type { Drift } from "../../ports/cluster.ts";
import type { Frozen } from "../shared/contract.ts";
import { mask } from "./mask.ts";
import { objectView } from "./plan.ts";
import { reasonView } from "./reason.ts";

export function driftView(drift: ApplicationDrift, language: Language): Frozen<z.output<typeof DriftView>> {
  return {
    application: drift.application,
    revision: drift.revision,
    drifted: drift.objects.some((one) => one.state !== "same"),
    objects: drift.objects.map((one) => objectDrift(one, language)),
  };
}

function objectDrift(one: ObjectDrift, language: Language): Frozen<z.output<typeof DriftView>["objects"][number]> {
  return {
    component: writtenName(one.component),
    object: objectView(one.ref),
    state: one.state,
    ...(one.reason === undefined ? {} : { reason: reasonView(one.reason, language) }),
    fields: one.fields.map(({ path, live, wanted, managers }) => ({
      path,
      ...(live === undefined ? {} : { live: mask(live) }),
      ...(wanted === undefined ? {} : { wanted: mask(wanted) }),
      managers,
    })),
  };
}

export function driftItem({ ref, gone, fields, managers }: Drift): Frozen<z.output<typeof DriftItem>> {
  return { object: objectView(ref), gone, fields, managers };
}
