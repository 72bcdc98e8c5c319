// Which of the two stores an address means: everything that is no PostgreSQL URL is a file.

/** To the driver these three mean verify-full, and it prints a page about that each time: so they are said as what they are. */
export function withPlainTls(url: string): string {
  return url.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/, "$1verify-full");
}

export function isPostgresUrl(address: string): boolean {
  return /^postgres(ql)?:\/\//.test(address);
}
