// What the command line needs from the terminal and the process around it. Tests pass their own, so every transcript is exact.
// Nothing else in this folder reads process.env, process.stdout or the clock.
export interface TerminalOutput {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Read at every use: people resize their windows. */
  readonly columns: number;
  readonly rows: number;
}

export interface Terminal {
  /** Data, and nothing else. */
  readonly stdout: TerminalOutput;
  /** Progress, questions, advice and errors. */
  readonly stderr: TerminalOutput;
  /** Somebody sits at the keyboard and can be asked. */
  readonly interactive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths are taken from here. */
  readonly directory: string;
  now(): Date;
  /** Resolves early, without throwing, when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Calls `tick` again and again until the returned function is called. */
  every(milliseconds: number, tick: () => void): () => void;
  /** The line that was typed; null when the input ended. */
  ask(question: string): Promise<string | null>;
  /** Everything on standard input. */
  readInput(): Promise<string>;
  /** Ctrl-C or SIGTERM; while nobody listens, they end the process as usual. Returns the way to stop listening. */
  onInterrupt(callback: () => void): () => void;
  /** Ends the process now, whatever is still under way in it. */
  exit(code: number): void;
}
