// Job types by what a document may call them. Whoever goes through it meets each type once, under its name; whoever looks something up also
// finds `name@2` and `name@2.1.0`.
import type { JobDefinition } from "../../catalog/define.ts";

export class NameTable extends Map<string, JobDefinition> {
  readonly #aliases: ReadonlyMap<string, JobDefinition> | undefined;

  constructor(named: Iterable<readonly [string, JobDefinition]>, aliases: ReadonlyMap<string, JobDefinition>) {
    super(named);
    this.#aliases = aliases;
  }

  override get(name: string): JobDefinition | undefined {
    // Undefined only while the constructor of Map runs.
    return super.get(name) ?? this.#aliases?.get(name);
  }

  override has(name: string): boolean {
    return super.has(name) || (this.#aliases?.has(name) ?? false);
  }
}
