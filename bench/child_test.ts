import { match, rejects, strictEqual } from "node:assert";
import { ChildError, runChild, spawn, stopChild } from "./child.ts";

function evaluate(source: string): string[] {
  return [Deno.execPath(), "eval", source];
}

const SLOW = "setInterval(() => {}, 1_000);";
const STUBBORN = `
  Deno.addSignalListener("SIGTERM", () => console.log("no"));
  console.log("ready");
  ${SLOW}`;

const timeoutMs = 30_000;

Deno.test("runChild() returns stdout when the command succeeds", async () => {
  const command = evaluate("console.log('out'); console.error('err')");
  strictEqual(await runChild(command, { timeoutMs }), "out\n");
});

Deno.test("runChild() runs in cwd when one is given", async () => {
  const command = evaluate("console.log(Deno.cwd())");
  strictEqual(await runChild(command, { timeoutMs, cwd: "/" }), "/\n");
});

Deno.test("runChild() rejects with all output when the command fails", async () => {
  const command = evaluate(
    "console.log('out'); console.error('err'); Deno.exit(3)",
  );
  await rejects(runChild(command, { timeoutMs }), (thrown) => {
    strictEqual(thrown instanceof ChildError, true);
    const { message, output } = thrown as ChildError;
    match(message, /^Cannot run .*: exit code 3\nout\nerr$/s);
    strictEqual(output, "out\nerr");
    return true;
  });
});

Deno.test("runChild() names the signal when the command is killed", async () => {
  const command = evaluate("Deno.kill(Deno.pid, 'SIGKILL')");
  await rejects(runChild(command, { timeoutMs }), /exit code 137 \(SIGKILL\)$/);
});

Deno.test("runChild() stops the command when it takes too long", async () => {
  const command = evaluate(SLOW);
  await rejects(
    runChild(command, { timeoutMs: 1 }),
    { name: "ChildError", message: /: no end within 1 ms/ },
  );
});

Deno.test("runChild() rejects when the command is late, whatever its exit code", async () => {
  const command = evaluate(`
    Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
    ${SLOW}`);
  await rejects(runChild(command, { timeoutMs: 500 }), /no end within 500 ms/);
});

Deno.test("runChild() rejects with the reason when aborted", async () => {
  const abort = new AbortController();
  const running = runChild(evaluate(SLOW), { timeoutMs, signal: abort.signal });
  abort.abort(new Error("enough"));
  await rejects(running, /^Error: enough$/);
});

Deno.test("runChild() starts nothing when aborted before", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  const command = ["no-such-program-anywhere"];
  await rejects(runChild(command, { timeoutMs, signal }), /^Error: enough$/);
});

Deno.test("runChild() rejects with NotFound when there is no such program", async () => {
  const command = ["no-such-program-anywhere"];
  await rejects(runChild(command, { timeoutMs }), Deno.errors.NotFound);
});

async function started(source: string): Promise<Deno.ChildProcess> {
  const child = spawn(evaluate(source));
  const reader = child.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  await child.stderr.cancel();
  return child;
}

Deno.test("stopChild() terminates a child that lets it", async () => {
  const child = await started(`console.log("ready"); ${SLOW}`);
  await stopChild(child, timeoutMs);
  strictEqual((await child.status).signal, "SIGTERM");
  await child.stdout.cancel();
});

Deno.test("stopChild() kills a child that ignores SIGTERM", async () => {
  const child = await started(STUBBORN);
  await stopChild(child, 50);
  strictEqual((await child.status).signal, "SIGKILL");
  await child.stdout.cancel();
});

Deno.test("stopChild() does nothing when the child has ended", async () => {
  const child = await started("console.log('ready')");
  await child.status;
  await stopChild(child, timeoutMs);
  strictEqual((await child.status).code, 0);
  await child.stdout.cancel();
});
