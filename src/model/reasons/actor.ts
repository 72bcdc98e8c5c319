// The actor that has to do something about an error or a reason.

/**
 * you: the user fixes the document or the program · operator: changes quota, policy or cluster · nobody: waiting is
 * enough
 */
export type Actor = "you" | "operator" | "nobody";
