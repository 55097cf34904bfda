import { strictEqual } from "node:assert";

const MODULE = new URL("./interruption.ts", import.meta.url);

// In a process of its own: the signal would stop the tests as well.
const LISTENER = `
  import { Interruption, listenForInterruption } from "${MODULE}";
  using interruption = listenForInterruption();
  const { signal } = interruption;
  signal.addEventListener("abort", () => {
    const { reason } = signal;
    console.log(reason instanceof Interruption, reason.exitCode, reason.message);
    Deno.exit();
  });
  Deno.kill(Deno.pid, Deno.env.get("SIGNAL"));
  await new Promise((resolve) => setTimeout(resolve, 10_000));`;

const DISPOSED = `
  import { listenForInterruption } from "${MODULE}";
  listenForInterruption()[Symbol.dispose]();
  Deno.kill(Deno.pid, Deno.env.get("SIGNAL"));
  await new Promise((resolve) => setTimeout(resolve, 10_000));`;

async function evaluate(
  source: string,
  signal: Deno.Signal,
): Promise<{ printed: string; endedBy: Deno.Signal | null }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", source],
    env: { SIGNAL: signal },
  });
  const output = await command.output();
  const printed = new TextDecoder().decode(output.stdout);
  return { printed, endedBy: output.signal };
}

for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`listenForInterruption() aborts with exit code ${exitCode} when ${signal} comes`, async () => {
    const { printed } = await evaluate(LISTENER, signal);
    strictEqual(printed, `true ${exitCode} Stopped by ${signal}\n`);
  });

  Deno.test(`listenForInterruption() leaves ${signal} alone when it was disposed`, async () => {
    const { endedBy } = await evaluate(DISPOSED, signal);
    strictEqual(endedBy, signal);
  });
}
