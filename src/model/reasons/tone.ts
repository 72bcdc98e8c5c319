// The emphasis of a word. The command line shows it as a colour; each word can be understood without its colour.
export type Tone = "plain" | "muted" | "info" | "success" | "warning" | "danger" | "strong";
