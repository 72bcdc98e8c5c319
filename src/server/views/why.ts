// Turns a chain of causes into the view of the API.
import type { z } from "zod";
import type { WhyView } from "../../api/views.ts";
import { causalSentence } from "../../engine/answering/why.ts";
import type { Explained } from "../../engine/answering/whyAt.ts";
import type { CauseLink } from "../../engine/contract/requests.ts";
import type { Language } from "../../model/data/text.ts";
import { maskText } from "../../model/document/sealed.ts";
import type { Frozen } from "../shared/contract.ts";
import { evidenceView, reasonView } from "./reason.ts";

export function whyView(chain: readonly CauseLink[], language: Language): Frozen<z.output<typeof WhyView>> {
  const links = chain.map(({ subject, reason, evidence }) => ({
    subject,
    reason: reasonView(reason, language),
    evidence: evidenceView(evidence, language),
  }));
  return { sentence: maskText(causalSentence(chain, language)), chain: links };
}

export function pastWhyView({ chain, moment }: Explained, language: Language): Frozen<z.output<typeof WhyView>> {
  const view = whyView(chain, language);
  if (moment === undefined) return view;
  const jobs = moment.jobs.map(({ name, phase, since, reason, evidence }) => ({
    name,
    phase,
    since,
    reason: reasonView(reason, language),
    evidence: evidenceView(evidence, language),
  }));
  return { ...view, moment: { at: moment.at, jobs, more: moment.more } };
}
