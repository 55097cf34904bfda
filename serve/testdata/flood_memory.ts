// Floods a server in each way there is, one after the other, and prints the memory
// of the program before, at the most, and once the client was cut, as JSON.

import { flood, FLOODS, serveFlooded } from "./flood.ts";

const rss = () => Deno.memoryUsage().rss;
const TURNS_MAX = 10_000;

const taken = [];
for (const [name, head, piece] of FLOODS) {
  taken.push({ name, ...await take(head, piece) });
}
console.log(JSON.stringify(taken));
Deno.exit();

async function take(head: string, piece: string) {
  const { serving, clock } = serveFlooded();
  const { hostname, port } = new URL(serving.url);
  const conn = await Deno.connect({ hostname, port: Number(port) });
  const encoder = new TextEncoder();
  await conn.write(encoder.encode(head));
  await conn.read(new Uint8Array(9));
  const beforeBytes = rss();
  const { peakBytes } = await flood(conn, encoder.encode(piece), clock);
  conn.close();
  // Turns of the event loop, in which the connection is let go of.
  const isFreed = () => rss() < beforeBytes + (peakBytes - beforeBytes) / 2;
  for (let turn = 0; turn < TURNS_MAX && !isFreed(); turn++) {
    await new Promise<void>((resolve) => setTimeout(resolve));
  }
  return { beforeBytes, peakBytes, afterBytes: rss() };
}
