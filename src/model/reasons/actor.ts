// Who must act.

/** you: fix the document or the program · operator: quota, policy, cluster · nobody: it is being waited for */
export type Actor = "you" | "operator" | "nobody";
