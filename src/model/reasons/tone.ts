// How loud a word is. The command line makes colours of it; every word is readable without.
export type Tone = "plain" | "muted" | "info" | "success" | "warning" | "danger" | "strong";
