// The routes about the server itself: version, OpenAPI, schema of documents, and the caller's token.
import { openapiDocument } from "../../api/openapi.ts";
import { PlatformError } from "../../model/errors/errors.ts";
import { documentSchema } from "../../plan/schema/schema.ts";
import type { Implementations } from "../shared/contract.ts";
import { tokenView } from "../views/token.ts";

export const meta = {
  getVersion: async (_, { version }) => ({ body: { version, api: "v1", node: process.version } }),
  getOpenapi: async () => ({ body: openapiDocument() }),
  getDocumentSchema: async (_, { dependencies }) => ({ body: documentSchema(dependencies.catalog) }),
  whoAmI: async (_, { token }) => {
    if (token === null) throw new PlatformError("NotSignedIn");
    return { body: tokenView(token) };
  },
} satisfies Partial<Implementations>;
