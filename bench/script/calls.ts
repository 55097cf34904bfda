/**
 * Round trips of guests: to each other, and from the host.
 *
 * @module
 */

import { DONE } from "@rusm/otp";
import { timeMs } from "../otp/timing.ts";
import { insistNormal } from "../wasm/spawns.ts";
import { bundleWith } from "./bundle.ts";
import { ScriptScheduler } from "./local.ts";

const SERVICE = "exports.echo = (value) => value;";

// The service is who sends first.
const CLIENT = `exports.default = async () => {
  const echo = connect(BigInt(Process.receiveText()));
  const rounds = Number(Process.receiveText());
  for (let nth = 0; nth < rounds; nth++) await echo.echo(nth);
};`;

const ECHO = `exports.default = () => {
  const asker = BigInt(Process.receiveText());
  for (let left = Number(Process.receiveText()); left > 0; left--) {
    Process.send(asker, Process.receive());
  }
};`;

/**
 * Makes a service and what calls it ready, on one scheduler. Each run makes
 * `rounds` calls, one after the other, and returns how many milliseconds it took.
 */
export async function guestCalls(
  rounds: number,
): Promise<() => Promise<number>> {
  const scheduler = new ScriptScheduler();
  const service = await scheduler.load("service", bundleWith(SERVICE));
  const client = await scheduler.load("client", bundleWith(CLIENT));
  const { runtime } = scheduler;
  const { pid } = service.spawn("run");
  return () =>
    timeMs(async () => {
      const caller = client.spawn("run");
      runtime.send(caller.pid, text(`${pid.toBigInt()}`));
      runtime.send(caller.pid, text(`${rounds}`));
      insistNormal(await caller.join());
    });
}

/**
 * Makes a guest ready that sends back what it is sent. Each run lets a native
 * process send `rounds` messages to one, each when the last has come back.
 */
export async function hostEchoes(
  rounds: number,
): Promise<() => Promise<number>> {
  const scheduler = new ScriptScheduler();
  const echo = await scheduler.load("echo", bundleWith(ECHO));
  const { runtime } = scheduler;
  return () =>
    timeMs(async () => {
      const { pid } = echo.spawn("run");
      const asker = runtime.spawn<Uint8Array>(async (self) => {
        runtime.send(pid, text(`${self.pid.toBigInt()}`));
        runtime.send(pid, text(`${rounds}`));
        let left = rounds;
        runtime.send(pid, CALL);
        await self.receiveEach(() => {
          if (--left === 0) return DONE;
          runtime.send(pid, CALL);
          return undefined;
        });
      });
      insistNormal(await asker.join());
    });
}

const encoder = new TextEncoder();

// As many bytes as a call of `echo` has.
const CALL = text('{"op":"echo","args":[1234],"from":"1234567","ref":1234}');

function text(value: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(value);
}
