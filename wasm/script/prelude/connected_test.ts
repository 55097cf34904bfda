import { deepStrictEqual } from "node:assert";

import { converse } from "./connected.ts";
import type { Exchange } from "./exchange.ts";
import type { Message, Port } from "./port.ts";

const WRITER = "7";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a conversation has heard, and which messages it had as text. */
async function converseOver(mail: Message[]) {
  const texts: string[] = [];
  const heard: string[] = [];
  const port = {
    text(message: Message) {
      const text = typeof message === "string"
        ? message
        : decoder.decode(message);
      texts.push(text);
      return text;
    },
    bytes: (message: Message) =>
      typeof message === "string" ? encoder.encode(message) : message,
    monitor: () => 1,
  } as Partial<Port> as Port;
  const next = () => Promise.resolve(mail.shift()!);
  const conversation = {
    begin() {},
    message: (data: Uint8Array) => void heard.push(decoder.decode(data)),
    end: () => void heard.push("end"),
    isOver: false,
  };
  const exchange = { next } as Partial<Exchange> as Exchange;
  const down = (pid: string) => void heard.push(`down ${pid}`);
  await converse(conversation, exchange, port, down);
  return { heard, texts };
}

function downOf(pid: string): string {
  return `{"__down":"${pid}","reason":"normal"}`;
}

Deno.test("converse() has messages as text only when they may tell of an end", async () => {
  const messages = ["hello", "\x00\xff", "", " 1", "[1]", '{"a":1}'];
  const { heard, texts } = await converseOver([
    ...[WRITER, ...messages.map((text) => encoder.encode(text))],
    ...[encoder.encode(downOf("9")), encoder.encode(downOf(WRITER))],
  ]);
  deepStrictEqual(heard, [...messages, "down 9", "end"]);
  deepStrictEqual(texts, [
    ...[WRITER, " 1", '{"a":1}', downOf("9"), downOf(WRITER)],
  ]);
});
