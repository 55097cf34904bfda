import { strictEqual } from "node:assert";
import { withChild } from "./child.ts";

// A guest that holds its scheduler where nothing interrupts it. That thread is
// lost and goes on for ever, so this needs a process of its own, which also
// shows that such a thread does not keep a node from ending.

const MANIFEST = `
  [log]
  level = "error"

  [[serve]]
  protocol = "http"
  listen = "127.0.0.1:0"
  routes = { "GET /healthy" = "healthy", "GET /stuck" = "stuck" }

  [components.healthy]
  [components.stuck]
`;

Deno.test({
  name:
    "serve answers 502, serves others and ends well when a scheduler is lost",
  // With one core there is one scheduler, and nobody else to serve others.
  ignore: navigator.hardwareConcurrency < 2,
  fn: async () => {
    await withChild(MANIFEST, 1_024, async ({ url, logged, stop }) => {
      const started = await loseScheduler(url);
      await logged(/ exit +stuck#0\.\d+\.\d+ crashed: SchedulerLost: /);
      const { code, lastLine } = await stop();
      strictEqual(code, 0);
      strictEqual(
        lastLine,
        `stopped: ${started} processes started, 0 alive when stopping`,
      );
    });
  },
});

/** Answers how many requests there were. */
async function loseScheduler(url: URL): Promise<number> {
  let status: number | undefined;
  const stuck = fetch(new URL("stuck", url)).then((response) => {
    status = response.status;
    return response.body?.cancel();
  });
  let count = 1;
  for (; status === undefined; count++) {
    const response = await fetch(new URL("healthy", url));
    strictEqual(await response.text(), "seen 1");
  }
  await stuck;
  strictEqual(status, 502);
  return count;
}
