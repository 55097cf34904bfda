/**
 * The least that Deno can do for a request: what `http.ts` holds a sandboxed
 * instance per request against.
 *
 * @module
 */

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`http://127.0.0.1:${port}`),
}, () => new Response("Hello from Deno.serve\n"));
