/**
 * Serves a site for `remote.ts`: prints where it is, as JSON, and for each line
 * that it reads how many guests live. Ends with its input.
 *
 * @module
 */

import { type SiteKeys, withSite } from "./site.ts";

const keys = JSON.parse(Deno.args[0]!) as SiteKeys;

await withSite(async ({ app, http, https, ws, sse }) => {
  console.log(JSON.stringify({ http, https, ws, sse }));
  for await (const chunk of Deno.stdin.readable) {
    if (chunk.includes(10)) console.log(JSON.stringify(app.info()));
  }
}, keys);
