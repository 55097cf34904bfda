import { deepStrictEqual, strictEqual } from "node:assert";
import { type Pid, Runtime } from "@rusm/otp";
import { Backlog } from "../connection/backlog.ts";
import { UNSENT_BYTES } from "../limits.ts";
import { type Order, Writer, type WriterSocket } from "./writer.ts";

/** A client that takes what the test lets it. */
class TestSocket implements WriterSocket {
  bufferedAmount = 0;
  readonly sent: unknown[] = [];
  readonly #leaving: (() => void)[] = [];

  send(
    data: Uint8Array | string,
    { binary }: { readonly binary: boolean },
    sent: (error?: Error) => void = () => {},
  ): void {
    const text = typeof data === "string"
      ? data
      : new TextDecoder().decode(data);
    this.sent.push(`${binary ? "binary" : "text"} ${text.slice(0, 9)}`);
    this.bufferedAmount += data.length;
    this.#leaving.push(() => {
      this.bufferedAmount -= data.length;
      sent();
    });
  }

  close(code?: number, reason?: string): void {
    this.sent.push([code, reason]);
  }

  /** Takes all that was sent. */
  take(): void {
    for (const leave of this.#leaving.splice(0)) leave();
  }
}

const LARGE = new Uint8Array(UNSENT_BYTES + 1).fill(0x78);

async function withWriter(
  test: (
    socket: TestSocket,
    send: (...mail: unknown[]) => Promise<void>,
    writer: Pid,
    runtime: Runtime,
  ) => Promise<void>,
): Promise<void> {
  const runtime = new Runtime();
  const socket = new TestSocket();
  const quota = new Backlog({ countMax: 2, bytesMax: 1 << 30 }, () => {
    socket.sent.push("overflow");
  });
  const { pid } = runtime.spawn(new Writer(socket), { quota });
  await turn();
  const send = async (...mail: unknown[]) => {
    for (const each of mail) runtime.send(pid as Pid<unknown>, each);
    await turn();
  };
  await test(socket, send, pid, runtime);
  runtime.kill(pid);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

function order(frame: Order["frame"], told: boolean[]): Order {
  return { type: "order", frame, settle: (isDone) => void told.push(isDone) };
}

Deno.test("Writer sends bytes as binary, text as text, and orders in their place", () =>
  withWriter(async (socket, send) => {
    const told: boolean[] = [];
    const bytes = new TextEncoder().encode("a");
    await send(
      bytes,
      "b",
      order({ isText: true, bytes }, told),
      order({ isText: false, bytes }, told),
      order({ code: 1000, reason: "bye" }, told),
    );
    deepStrictEqual(socket.sent, [
      ...["binary a", "text b", "text a", "binary a"],
      [1000, "bye"],
    ]);
    deepStrictEqual(told, [true, true, true]);
  }));

Deno.test("Writer ignores what is nothing to send", () =>
  withWriter(async (socket, send) => {
    await send(null, 5, { type: "other" }, undefined, "x");
    deepStrictEqual(socket.sent, ["text x"]);
  }));

Deno.test("Writer waits while the client is behind, and whoever ordered with it", () =>
  withWriter(async (socket, send) => {
    const told: boolean[] = [];
    await send(order({ isText: false, bytes: LARGE }, told), "behind");
    deepStrictEqual([socket.sent.length, told], [1, []]);
    socket.take();
    await turn();
    deepStrictEqual(socket.sent, ["binary xxxxxxxxx", "text behind"]);
    deepStrictEqual(told, [true]);
  }));

Deno.test("Writer has a bound for what waits", () =>
  withWriter(async (socket, send) => {
    await send(LARGE);
    await send("a", "b", "c");
    strictEqual(socket.sent.at(-1), "overflow");
    socket.take();
    await turn();
    deepStrictEqual(socket.sent.slice(2), ["text a", "text b"]);
  }));

Deno.test("Writer takes nothing more when it has ended", () =>
  withWriter(async (socket, send, writer, runtime) => {
    await send(LARGE, "behind");
    runtime.kill(writer);
    socket.take();
    await turn();
    strictEqual(socket.sent.length, 1);
  }));
