import { ok, strictEqual } from "node:assert";
import { startAlarm } from "./alarm.ts";

Deno.test("ring() resolves when the time is over, and not before", async () => {
  const alarm = await startAlarm();
  // Waiting for shared memory does not keep a thread alive.
  const timer = setInterval(() => {}, 1_000);
  for (const ms of [0.2, 3, 1]) {
    const startMs = performance.now();
    await alarm.ring(ms);
    ok(performance.now() - startMs >= ms - 0.05);
  }
  clearInterval(timer);
  alarm.close();
});

for (const state of ["was not set", "is set"]) {
  Deno.test(`close() lets the process end when the alarm ${state}`, async () => {
    const program = `
      import { startAlarm } from ${
      JSON.stringify(import.meta.resolve("./alarm.ts"))
    };
      const alarm = await startAlarm();
      ${state === "is set" ? "alarm.ring(50_000);" : ""}
      await new Promise((resolve) => setTimeout(resolve, 20));
      alarm.close();
    `;
    const { code, signal } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", program],
      signal: AbortSignal.timeout(30_000),
    }).output();
    strictEqual(signal, null);
    strictEqual(code, 0);
  });
}
