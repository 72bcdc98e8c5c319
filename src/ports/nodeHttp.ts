// Gives access to node:http without an import. An `import` reads each of its exports once and so loads `fetch` and
// WebSocket (undici), which this program does not use and which need 14 MB of memory (measured). Types may still be
// imported from node:http.
const http = process.getBuiltinModule("node:http");

export const { Agent, createServer, request, validateHeaderName, validateHeaderValue } = http;
