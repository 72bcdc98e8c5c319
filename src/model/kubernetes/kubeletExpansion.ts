// In variables, commands and arguments of a container, the kubelet replaces `$(NAME)` by the value of a variable, and
// two dollar signs by one. These functions protect a value that a user gave: the program gets it unchanged, and it can
// never refer to a variable with a secret value.

/**
 * A text that the kubelet expands to the given text. A dollar sign is doubled where the kubelet could take it as the
 * start of a reference: before another dollar sign, before a parenthesis, at the end of the text (other text may
 * follow), and before a character that is not ASCII, because the kubelet reads such a character byte by byte.
 */
export function literalText(text: string): string {
  return text.replaceAll(/\$(?![ \t\r\n!-#%-')-~])/g, "$$$$");
}

/** A text that may contain references. Text that is appended to it cannot complete or change them. */
export function closedText(text: string): string {
  return text.replaceAll(/\$(?:\$|\([^)]*\))|\$(?![ \t\r\n!-#%-')-~])/g, (found) => (found === "$" ? "$$" : found));
}
