// Turns reasons and evidence into views of the API, in the caller's language.
import type { z } from "zod";
import type { EvidenceView, ReasonView } from "../../api/views.ts";
import type { Language } from "../../model/data/text.ts";
import { maskText } from "../../model/document/sealed.ts";
import type { Evidence } from "../../model/kubernetes/health.ts";
import { explainReason, mapReason, type Reason, whoActs } from "../../model/reasons/reason.ts";
import type { Frozen } from "../shared/contract.ts";

export function reasonView(value: Reason, language: Language): Frozen<z.output<typeof ReasonView>> {
  const masked = mapReason(value, maskText);
  const { code, params } = masked;
  return { code, params, message: explainReason(masked, language), who: whoActs(masked) };
}

export function evidenceView(all: readonly Evidence[], language: Language): Frozen<z.output<typeof EvidenceView>[]> {
  return all.map(({ source, object, text, reason }) => {
    if (reason === undefined) return { source, object, text: maskText(text) };
    const view = reasonView(reason, language);
    return { source, object, text: view.message, reason: view };
  });
}
