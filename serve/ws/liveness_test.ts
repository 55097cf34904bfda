import { deepStrictEqual } from "node:assert";
import { answerPing, type Client, Liveness } from "./liveness.ts";
import { UNSENT_BYTES } from "../limits.ts";

class TestClient implements Client {
  bytesRead = 0;
  bufferedAmount = 0;
  isPaused = false;
  readonly done: string[] = [];

  ping(): void {
    this.done.push("ping");
  }

  cut(): void {
    this.done.push("cut");
  }
}

function watch(): [TestClient, Liveness] {
  const client = new TestClient();
  const limits = { pingIntervalMs: 30, pongTimeoutMs: 10 };
  return [client, new Liveness(limits, client, 0)];
}

Deno.test("Liveness.look() pings who is silent, and cuts who stays so", () => {
  const [client, liveness] = watch();
  liveness.look(29);
  deepStrictEqual(client.done, []);
  liveness.look(30);
  liveness.look(39);
  deepStrictEqual(client.done, ["ping"]);
  liveness.look(40);
  deepStrictEqual(client.done, ["ping", "cut"]);
});

Deno.test("Liveness.look() takes any byte for a sign of life", () => {
  const [client, liveness] = watch();
  liveness.look(30);
  client.bytesRead++;
  liveness.look(40);
  liveness.look(69);
  deepStrictEqual(client.done, ["ping"]);
  liveness.look(70);
  deepStrictEqual(client.done, ["ping", "ping"]);
});

Deno.test("Liveness.look() pings who is not read, and never cuts it", () => {
  const [client, liveness] = watch();
  client.isPaused = true;
  for (const nowMs of [30, 40, 70, 80]) liveness.look(nowMs);
  deepStrictEqual(client.done, ["ping", "ping"]);
});

Deno.test("Liveness.look() cuts who is not read and takes nothing, but not who takes some", () => {
  const [client, liveness] = watch();
  client.isPaused = true;
  client.bufferedAmount = UNSENT_BYTES + 10;
  liveness.look(30);
  client.bufferedAmount--;
  liveness.look(40);
  deepStrictEqual(client.done, ["ping"]);
  liveness.look(70);
  liveness.look(80);
  deepStrictEqual(client.done, ["ping", "ping", "cut"]);
});

Deno.test("answerPing() answers unless the client takes nothing", () => {
  const answered: number[] = [];
  for (const bufferedAmount of [0, UNSENT_BYTES, UNSENT_BYTES + 1]) {
    const pong = () => void answered.push(bufferedAmount);
    answerPing({ bufferedAmount, pong }, new Uint8Array(1));
  }
  deepStrictEqual(answered, [0, UNSENT_BYTES]);
});
