// In variables, commands and arguments of a container the kubelet writes the value of a variable for `$(NAME)`, and one dollar sign for two.
// A value that a user gave must come out as it was given, and must never reach a variable that holds a secret.

/**
 * Text that comes out of the expansion as it is now. A dollar sign is doubled where the kubelet would read it as a beginning: before another
 * one and before a parenthesis, at the end of the text (more may be written behind it), and before what is not ASCII, because the kubelet
 * breaks such a letter into bytes.
 */
export function literalText(text: string): string {
  return text.replaceAll(/\$(?![ \t\r\n!-#%-')-~])/g, "$$$$");
}

/** A part of a text with its own references, which none of what is written behind it can complete or change. */
export function closedText(text: string): string {
  return text.replaceAll(/\$(?:\$|\([^)]*\))|\$(?![ \t\r\n!-#%-')-~])/g, (found) => (found === "$" ? "$$" : found));
}
