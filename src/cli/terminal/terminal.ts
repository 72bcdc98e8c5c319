// What the command line needs from the terminal and from its process: streams, environment, clock, signals. The command
// line gets them only through this interface, so that tests can replace them: test/cli/support/terminal.ts.
export interface TerminalOutput {
  write(text: string): void;
  readonly isTTY: boolean;
  /** The current width in columns. It changes when the user resizes the window, so read it each time. */
  readonly columns: number;
  readonly rows: number;
}

export interface Terminal {
  /** Standard output, for data only. */
  readonly stdout: TerminalOutput;
  /** Standard error, for progress, questions, advice and errors. */
  readonly stderr: TerminalOutput;
  /** Whether the user can be asked: both standard input and standard error are terminals. */
  readonly interactive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory to which relative paths refer. */
  readonly directory: string;
  now(): Date;
  /** Resolves early, without throwing, when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls `tick` at this interval until the returned function is called. */
  every(milliseconds: number, tick: () => void): () => void;
  /** The line that the user typed; `null` if the input ended. */
  ask(question: string): Promise<string | null>;
  /** All text on standard input. */
  readInput(): Promise<string>;
  /**
   * Calls `callback` on Ctrl-C or SIGTERM. Without a callback they end the process. Returns a function that removes it.
   */
  onInterrupt(callback: () => void): () => void;
  /** Ends the process immediately, even if work is still in progress. */
  exit(code: number): void;
}
