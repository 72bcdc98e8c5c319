// Node's own http, asked for directly. An `import` from node:http reads each of its exports once, and with them loads the whole of `fetch`
// and WebSocket (undici), which nobody here uses: 14 MB of memory, measured. Types may be imported from node:http as ever.
const http = process.getBuiltinModule("node:http");

export const { Agent, createServer, request, validateHeaderName, validateHeaderValue } = http;
