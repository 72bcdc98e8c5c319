// Decides which of the two stores an address means: a PostgreSQL URL, or otherwise a file.

/**
 * The URL with the TLS mode that the database driver really uses. The driver treats these three modes as verify-full
 * and prints a long warning about each; naming verify-full avoids the warning.
 */
export function withPlainTls(url: string): string {
  return url.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/, "$1verify-full");
}

export function isPostgresUrl(address: string): boolean {
  return /^postgres(ql)?:\/\//.test(address);
}
