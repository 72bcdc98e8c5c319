// Why something stands as it does, in the caller's language, with what was seen.
import type { z } from "zod";
import type { EvidenceView, ReasonView } from "../../api/views.ts";
import type { Evidence } from "../../model/health.ts";
import { explainReason, REASONS, type Reason } from "../../model/reason.ts";
import { maskText } from "../../model/sealed.ts";
import type { Language, Params } from "../../model/text.ts";
import type { Frozen } from "../contract.ts";

export function reasonView(value: Reason, language: Language): Frozen<z.output<typeof ReasonView>> {
  const entries = Object.entries(value.params).map(([key, one]) => [
    key,
    typeof one === "string" ? maskText(one) : one,
  ]);
  const params = Object.fromEntries(entries) as Params; // the same keys, texts still texts
  return {
    code: value.code,
    params,
    message: explainReason({ code: value.code, params }, language),
    who: REASONS[value.code].who,
  };
}

export function evidenceView(all: readonly Evidence[], language: Language): Frozen<z.output<typeof EvidenceView>[]> {
  return all.map(({ source, object, text, reason }) => {
    if (reason === undefined) return { source, object, text: maskText(text) };
    const view = reasonView(reason, language);
    return { source, object, text: view.message, reason: view };
  });
}
