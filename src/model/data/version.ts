// The version of the program. package.json has the same version; test/model/values.test.ts compares them.
export const VERSION = "0.1.0";
