import { deepStrictEqual, strictEqual } from "node:assert";
import { ask } from "./closed_loop.ts";
import { withApp } from "./served.ts";

// Hostile and broken guests beside a healthy one, on one listener: each of them
// costs its own request, and nobody else's.

const MIXED = `
  [[serve]]
  protocol = "http"
  listen = "127.0.0.1:0"
  request_timeout_ms = 2000
  [serve.routes]
  "GET /healthy" = "healthy"
  "GET /faults/:action" = "faults"

  [components.healthy]
  [components.faults]
  capability = "brief"

  [capabilities.brief]
  max-cpu-ms = 600
  max-memory-mb = 32
`;

/** Requests of each hostile guest, at the same time. */
const COPIES = 4;

/** The action of `faults`, and the status it ends in. */
// deno-fmt-ignore
const HOSTILE: readonly (readonly [string, number])[] = [
  ["loops", 504],
  ["loopsInPromises", 504],
  ["allocates", 502],
  ["answersTooMuch", 502],
  ["recurses", 502],
  ["throws", 502],
  ["returnsLie", 502],
  ["neverSettles", 502],
  ["exhaustsTimers", 502],
  ["sleeps", 504],
  ["floodsLog", 200],
  ["floodsLogSlowly", 504],
  ["sprays", 200],
];

for (const [action, status] of HOSTILE) {
  Deno.test(`startApp() serves others while a guest ${action}`, async () => {
    await withApp(MIXED, async ({ port, url, app, idle }) => {
      let isOver = false;
      const path = "/healthy";
      const goesOn = () => !isOver;
      const others = ask({ port, path, connections: 4, goesOn });
      // When a status is wrong the app is gone, and that its clients fail too
      // would hide why. They are awaited below.
      others.catch(() => {});
      const hostile = Array.from({ length: COPIES }, async () => {
        const response = await fetch(`${url}/faults/${action}`);
        await response.body?.cancel();
        return response.status;
      });
      const statuses = await Promise.all(hostile).finally(() => isOver = true);
      deepStrictEqual(statuses, Array(COPIES).fill(status));
      const counts = await others;
      deepStrictEqual([...counts.keys()], ["200 seen 1"]);
      await idle();
      const count = counts.get("200 seen 1")!;
      strictEqual(app.info().started, count + COPIES);
    }, { level: "error" });
  });
}
