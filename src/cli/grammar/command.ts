// The type of a command. A command is a value; parsing, help, completion and docs/reference/cli.md are derived from it.
import type { Language, Localized, Params } from "../../model/data/text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Root } from "./root.ts";

/**
 * `number` is a whole number; `duration` is written as "90s" or "10m" and parsed to milliseconds; `list` may be
 * repeated.
 */
type OptionType = "flag" | "text" | "list" | "number" | "duration";

export interface Option {
  readonly type: OptionType;
  readonly short?: string;
  /** The name of the value in help, such as NAME in `--cluster NAME`. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly complete?: Completes;
  readonly summary: Localized;
}
export type Options = { readonly [name: string]: Option };

/** The kind of names that completion offers for a value. */
export type Completes = "application" | "run" | "cluster" | "definition" | "job-type" | "command" | "file" | "nothing";

export interface Argument {
  /** The name in help, such as `APP`, `RUN` or `FILE`. */
  readonly name: string;
  readonly summary: Localized;
  readonly optional?: boolean;
  readonly choices?: readonly string[];
  readonly complete?: Completes;
}

type ValueOf<T extends OptionType> = T extends "flag"
  ? boolean
  : T extends "list"
    ? readonly string[]
    : T extends "number" | "duration"
      ? number | undefined
      : string | undefined;
export type Values<O extends Options> = { readonly [K in keyof O]: ValueOf<O[K]["type"]> };

export type OptionValue = boolean | string | number | readonly string[] | undefined;

/** The parsed words of a command. */
export interface ParsedWords {
  readonly values: Readonly<Record<string, OptionValue>>;
  readonly positionals: readonly (string | undefined)[];
}

export type OutputFormat = "table" | "wide" | "json" | "yaml" | "name";

export interface CommandContext<O extends Options = Options> {
  readonly terminal: Terminal;
  readonly root: Root;
  readonly language: Language;
  readonly options: Values<O>;
  /** The arguments in the declared order; an optional argument that is not given is `undefined`. */
  readonly arguments: readonly (string | undefined)[];
  readonly globals: Globals;
  /** All commands. The completion command needs them, and importing the table (cli/commands.ts) would be a cycle. */
  readonly commands: readonly Command[];
  say(text: Localized, params?: Params): string;
}

export interface Globals {
  readonly server: string | undefined;
  readonly project: string;
  readonly output: OutputFormat;
  /** The JSON fields that --json names; `undefined` for all fields. */
  readonly fields: readonly string[] | undefined;
  readonly noInput: boolean;
}

/** The part of the context that is known before the words of a command are parsed. */
export type Unparsed = Pick<CommandContext, "terminal" | "root" | "language" | "globals">;

interface CommandOf<O extends Options> {
  readonly name: string;
  readonly summary: Localized;
  /** Further text for help, after the summary. */
  readonly details?: Localized;
  /** Two or more examples; the lines are without "kubemin". */
  readonly examples: readonly { readonly line: string; readonly text: Localized }[];
  readonly arguments: readonly Argument[];
  readonly options: O;
  /**
   * Returns this command with the options that its words add: those of the job type that they name, which may be known
   * only to the server. Returns the command itself if they add none. Default: the words never add options.
   */
  readonly extend?: (words: readonly string[], context: Unparsed) => Promise<Command>;
  /** Whether help and completion leave the command out. Its words are then not parsed. */
  readonly hidden?: boolean;
  readonly run: (context: CommandContext<O>) => Promise<number>;
}
export type Command = CommandOf<Options>;

/**
 * Drops the type parameter. The cast is true because `run` only receives what was parsed with the command's own
 * options.
 */
export function defineCommand<const O extends Options>(command: CommandOf<O>): Command {
  return Object.freeze(command) as unknown as Command;
}
