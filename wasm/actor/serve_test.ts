import { deepStrictEqual, match, strictEqual } from "node:assert";
import type { Connection, ConnectionSink } from "../node/connection.ts";
import { built, SANDBOXED, type Teller, withProbes } from "./testdata/probe.ts";

/** A client that is sent to. */
class Client implements ConnectionSink {
  readonly heard: unknown[] = [];
  isGone = false;
  /** What a text frame waits for. */
  drained: Promise<void> = Promise.resolve();

  async sendText(data: Uint8Array): Promise<boolean> {
    await this.drained;
    this.heard.push(new TextDecoder().decode(data));
    return !this.isGone;
  }

  close(code: number, reason: string): void {
    this.heard.push([code, reason]);
  }

  sendEvent(event: unknown): boolean {
    if (this.isGone) throw new Error("gone");
    this.heard.push(event);
    return true;
  }
}

function connection(sink: ConnectionSink): Connection {
  const info = {
    method: "GET",
    path: "/chat/room1",
    query: "q=x",
    params: [["room", "room1"]] as const,
    headers: [["host", "rusm"], ["x", "1"], ["x", "2"]] as const,
    remoteAddr: "127.0.0.1:9",
    subprotocol: "chat",
  };
  return { info, sink };
}

async function load({ engine }: Teller) {
  return await engine.loadModule("probe", built("probe"), SANDBOXED);
}

Deno.test("connection() tells a process what it was spawned for, and no other", () =>
  withProbes(async (teller) => {
    const component = await load(teller);
    const sink = new Client();
    const start = { entry: "run", connection: connection(sink) };
    strictEqual(
      await teller.spawn(component, start).do("connection"),
      "GET|/chat/room1|q=x|room=room1|host=rusm x=1 x=2|127.0.0.1:9|chat",
    );
    const { subprotocol: _, ...plain } = start.connection.info;
    const other = teller.spawn(component, {
      entry: "run",
      connection: { info: plain, sink },
    });
    match(await other.do("connection"), /\|none$/);
    strictEqual(await teller.spawn(component).do("connection"), "none");
  }));

Deno.test("frames go to the sink of the connection, in order, and wait for it", () =>
  withProbes(async (teller) => {
    const sink = new Client();
    const component = await load(teller);
    const probe = teller.spawn(component, {
      entry: "run",
      connection: connection(sink),
    });
    strictEqual(await probe.do("ws-send-text", "hello"), "true");
    const drained = Promise.withResolvers<void>();
    sink.drained = drained.promise;
    probe.tell(["ws-send-text", "slow"]);
    probe.tell(["ws-close", 1000, "bye"]);
    const control = teller.spawn(component);
    strictEqual(await control.do("echo", "meanwhile"), "meanwhile");
    deepStrictEqual(sink.heard, ["hello"]);
    drained.resolve();
    strictEqual(await teller.next(), "true");
    strictEqual(await teller.next(), "ok");
    deepStrictEqual(sink.heard, ["hello", "slow", [1000, "bye"]]);
    strictEqual(
      await probe.do("sse-send", "ti\rck", "7", 250, "two\nlines"),
      "true",
    );
    deepStrictEqual(sink.heard.at(-1), {
      ...{ data: "two\nlines", event: "tick", id: "7", retry: 250 },
    });
    strictEqual(await probe.do("sse-send", "", "", 0, "plain"), "true");
    deepStrictEqual(sink.heard.at(-1), {
      ...{ data: "plain", event: undefined, id: undefined, retry: undefined },
    });
    sink.isGone = true;
    strictEqual(await probe.do("sse-send", "", "", 0, "late"), "false");
    strictEqual(await probe.do("ws-send-text", "late"), "false");
  }));

Deno.test("frames go nowhere without a connection", () =>
  withProbes(async (teller) => {
    const probe = teller.spawn(await load(teller));
    strictEqual(await probe.do("ws-send-text", "x"), "false");
    strictEqual(await probe.do("ws-close", 1000, "x"), "ok");
    strictEqual(await probe.do("sse-send", "", "", 0, "x"), "false");
  }));
