// Texts in the two languages of kubemin. A text is a pair of templates, which name their parameters in braces.

export type Language = "en" | "zh";
export interface Localized {
  readonly en: string;
  readonly zh: string;
}
export type Params = Readonly<Record<string, string | number>>;

/**
 * Replaces each `{name}` by its parameter. A missing parameter stays visible as `{name}`, so that the mistake is seen.
 */
export function fill(template: string, params: Params): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => String(params[name] ?? place));
}

export function translate(text: Localized, language: Language, params: Params = {}): string {
  return fill(text[language], params);
}

/** Whether all parameters that the text names are given. `{{name}}` is not a parameter, it is a place of a template. */
export function isFilled({ en }: Localized, params: Params): boolean {
  return [...en.matchAll(/(?<!\{)\{(\w+)\}/g)].every(([, name = ""]) => Object.hasOwn(params, name));
}

/** The names in one line, or "-" if there are none. */
export function listed(names: Iterable<string | number>): string {
  return [...names].join(", ") || "-";
}

/** `zh_CN.UTF-8`, `zh-Hans, en;q=0.5` -> zh; everything else -> en. */
export function languageOf(preference: string | undefined): Language {
  return /^\s*zh/i.test(preference ?? "") ? "zh" : "en";
}
