/**
 * The shapes that npm `nact` plays: actors on one thread of JavaScript.
 *
 * @module
 */

import { dispatch, type Ref, spawn, start, stop } from "nact";
import { playVariant } from "../noun.ts";
import { ROUNDS } from "./counts.ts";
import { rate, timeMs } from "./timing.ts";

/** What an actor of {@linkcode pingPong} is given beside its message. */
interface Self<Message> {
  readonly self: Ref<Message>;
}

/** Two actors send each other one message at a time, `rounds` there and as many back. */
export async function pingPong(rounds: number): Promise<number> {
  const system = start();
  const over = Promise.withResolvers<void>();
  const elapsedMs = await timeMs(() => {
    const pong: Ref<Ref<"pong">> = spawn(
      system,
      (_state: undefined, from: Ref<"pong">) => dispatch(from, "pong"),
    );
    let left = rounds;
    const onPong = (_: undefined, _pong: "pong", { self }: Self<"pong">) => {
      if (left-- === 0) over.resolve();
      else dispatch(pong, self);
    };
    const ping: Ref<"pong"> = spawn(system, onPong);
    dispatch(ping, "pong");
    return over.promise;
  });
  stop(system);
  return elapsedMs;
}

if (import.meta.main) {
  await playVariant(Deno.args, {
    pingPong: async () => ({
      messagesPerSecond: await rate(2 * ROUNDS, () => pingPong(ROUNDS)),
    }),
  });
}
