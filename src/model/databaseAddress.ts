// Which of the two stores an address means: everything that is no PostgreSQL URL is a file.

export function isPostgresUrl(address: string): boolean {
  return /^postgres(ql)?:\/\//.test(address);
}
