// A table of job types by the names that a document may use. An iteration returns each type once under its plain name.
// A lookup also finds `name@2` and `name@2.1.0`.
import type { JobDefinition } from "../../catalog/define.ts";

export class NameTable extends Map<string, JobDefinition> {
  readonly #aliases: ReadonlyMap<string, JobDefinition> | undefined;

  constructor(named: Iterable<readonly [string, JobDefinition]>, aliases: ReadonlyMap<string, JobDefinition>) {
    super(named);
    this.#aliases = aliases;
  }

  override get(name: string): JobDefinition | undefined {
    // `#aliases` is undefined while the constructor of Map runs.
    return super.get(name) ?? this.#aliases?.get(name);
  }

  override has(name: string): boolean {
    return super.has(name) || (this.#aliases?.has(name) ?? false);
  }
}
