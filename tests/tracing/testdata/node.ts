/**
 * An app in a process of its own: tells where it listens, and stops when its
 * input ends.
 *
 * @module
 */

import { createLog, loadManifest, startApp } from "@rusm/serve";

const log = createLog({ level: "off", sink: () => {} });
const app = await startApp(await loadManifest(Deno.args[0]), { log });
console.log(JSON.stringify(app.endpoints.map(({ url }) => url)));
for await (const _ of Deno.stdin.readable) { /* nothing is said */ }
await app.stop();
