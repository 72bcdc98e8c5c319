// Failures that the command line finds itself, with their texts and exit codes. Errors from the server are `ApiError`
// (src/api/client.ts).
import type { Localized, Params } from "../../model/data/text.ts";
import { EXIT } from "./exitCodes.ts";

export interface FailureText {
  /** The code that `--output json` prints; it does not change between versions. */
  readonly code: string;
  readonly exit: number;
  readonly text: Localized;
  readonly advice: Localized;
}

export class Failure extends Error {
  readonly what: FailureText;
  readonly params: Params;

  constructor(what: FailureText, params: Params = {}) {
    super(what.text.en);
    this.name = "Failure";
    this.what = what;
    this.params = params;
  }
}

export function usageFailure(text: Localized, advice: Localized, params: Params = {}): Failure {
  return new Failure({ code: "Usage", exit: EXIT.usage.code, text, advice }, params);
}
