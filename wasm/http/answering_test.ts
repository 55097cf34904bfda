import { deepStrictEqual, strictEqual } from "node:assert";
import { type ProcessHandle, Runtime } from "@rusm/otp";
import type { HostGuest, HostState } from "../component/host.ts";
import { Fields, latin1Bytes } from "../wasi/p2/http/fields.ts";
import {
  OutgoingResponse,
  type ResponseOutparam,
} from "../wasi/p2/http/messages.ts";
import type { OutgoingBody } from "../wasi/p2/http/outgoing_body.ts";
import { httpState } from "../wasi/p2/http/state.ts";
import { atTurnEnd } from "../wasi/p2/http/turn_end.ts";
import { answering } from "./answering.ts";
import type { GuestFrame } from "./frames.ts";
import { RESPONSE_HEADERS_MAX } from "./limits.ts";

/** A guest that answers one request, and what it has said of that. */
class Exchange {
  readonly frames: GuestFrame[] = [];
  readonly runtime = new Runtime();
  readonly #guest: HostGuest;
  readonly #outparam: ResponseOutparam;
  readonly #caller: ProcessHandle<GuestFrame>;

  constructor() {
    const states = new Map<unknown, unknown>();
    const state = <State>(key: HostState<State>): State => {
      if (!states.has(key)) states.set(key, key.create(this.#guest));
      return states.get(key) as State;
    };
    const { runtime } = this;
    // What an exchange needs of a process.
    this.#guest = { self: { runtime }, state } as unknown as HostGuest;
    this.#caller = runtime.spawn((self) =>
      self.receiveEach((frame) => void this.frames.push(frame))
    );
    [, this.#outparam] = answering(this.#guest, {
      ...{ caller: this.#caller.pid, method: "GET", headers: "" },
      ...{ url: "http://host.test/", hasBody: false },
    });
  }

  /** Answers with `headers`. Returns the body, if it is to have one. */
  answer(headers: readonly string[] = [], hasBody = true): OutgoingBody {
    const fields = Fields.create(httpState(this.#guest).budget);
    for (const name of headers) fields.append(name, latin1Bytes("1"));
    const response = new OutgoingResponse(fields);
    const body = hasBody ? response.body() : undefined;
    this.#outparam.take().respond(response, body);
    return body!;
  }

  /** The process ends. */
  end(): void {
    httpState(this.#guest).close();
  }

  /** What was said so far, in short. */
  async said(): Promise<string[]> {
    await turnEnd();
    await turnEnd();
    return this.frames.map(shortOf);
  }

  close(): void {
    this.end();
    this.#caller.kill();
  }
}

function turnEnd(): Promise<void> {
  return new Promise((resolve) => atTurnEnd(resolve));
}

function shortOf(frame: GuestFrame): string {
  switch (frame.type) {
    case "whole":
      return `whole ${frame.bytes.length}${frame.isEnd ? " end" : ""}`;
    case "head":
    case "part": {
      const { kind, bytes } = frame.part;
      return `${frame.type} ${kind} ${bytes.length}`;
    }
    default:
      return frame.type;
  }
}

function write(body: OutgoingBody, length: number): void {
  const stream = body.write();
  stream.checkWrite();
  stream.write(new Uint8Array(length));
  stream.drop();
}

function finished(exchange: Exchange): void {
  const body = exchange.answer();
  write(body, 5);
  body.finish(undefined);
}

// What a guest does in its turn, and what is said at the end of it.
const TURNS: readonly [
  what: string,
  act: (exchange: Exchange) => void,
  said: readonly string[],
][] = [
  ["answers and ends", (exchange) => {
    finished(exchange);
    exchange.end();
  }, ["whole 5 end"]],
  ["answers and goes on", finished, ["whole 5"]],
  ["answers without a body and ends", (exchange) => {
    exchange.answer([], false);
    exchange.end();
  }, ["whole 0 end"]],
  ["answers without a body and goes on", (exchange) => {
    exchange.answer([], false);
  }, ["whole 0"]],
  ["begins an answer", (exchange) => {
    exchange.answer();
  }, ["head nothing 0"]],
  ["begins its body", (exchange) => {
    write(exchange.answer(), 5);
  }, ["head piece 5"]],
  ["begins its body and ends", (exchange) => {
    write(exchange.answer(), 5);
    exchange.end();
  }, ["head piece 5", "part cut 0"]],
  ["begins an answer and ends", (exchange) => {
    exchange.answer();
    exchange.end();
  }, ["head cut 0"]],
  ["answers with too many headers", (exchange) => {
    const names = Array.from(
      { length: RESPONSE_HEADERS_MAX + 1 },
      (_, nth) => `x-${nth}`,
    );
    exchange.answer(names);
  }, ["none"]],
];

for (const [what, act, said] of TURNS) {
  Deno.test(`answering() tells of a guest that ${what}`, async () => {
    const exchange = new Exchange();
    act(exchange);
    deepStrictEqual(await exchange.said(), said);
    exchange.close();
  });
}

Deno.test("answering() needs no process of its own for a whole response", async () => {
  const exchange = new Exchange();
  finished(exchange);
  await exchange.said();
  // Who hears of it is the only one.
  strictEqual(exchange.runtime.processCount, 1);
  exchange.close();
});

Deno.test("answering() says the head with the name of each header as it is", async () => {
  const exchange = new Exchange();
  exchange.answer(["X-One", "x-two"], false);
  await exchange.said();
  const [frame] = exchange.frames;
  strictEqual((frame as { headers: unknown }).headers, "X-One\n1\nx-two\n1\n");
  exchange.close();
});
