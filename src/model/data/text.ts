// Two languages from the first commit: a text is a pair, and a template names its parameters in braces.

export type Language = "en" | "zh";
export interface Localized {
  readonly en: string;
  readonly zh: string;
}
export type Params = Readonly<Record<string, string | number>>;

/** Fills `{name}` places. A parameter that is missing stays visible as `{name}`: a wrong text is better than a lost fact. */
export function fill(template: string, params: Params): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
}

export function translate(text: Localized, language: Language, params: Params = {}): string {
  return fill(text[language], params);
}

/** Names in one line. "-" stands for no name at all, in every language. */
export function listed(names: Iterable<string | number>): string {
  return [...names].join(", ") || "-";
}

/** `zh_CN.UTF-8`, `zh-Hans, en;q=0.5` -> zh; everything else -> en. */
export function languageOf(preference: string | undefined): Language {
  return /^\s*zh/i.test(preference ?? "") ? "zh" : "en";
}
