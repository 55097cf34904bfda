import { deepStrictEqual, strictEqual } from "node:assert";
import { connect } from "node:http2";
import { RawClient } from "../testdata/raw_client.ts";
import { TestClock } from "../testdata/test_clock.ts";
import { Connection } from "./connection.ts";
import { Deadlines } from "./deadlines.ts";
import { listenTls } from "./deno_http.ts";
import { paceBody } from "./pacing.ts";

/** How a request is answered: with its body as it is read, and what ends the answer. */
type Answer = (
  body: () => ReadableStream<Uint8Array>,
  ended: Promise<void>,
) => Promise<Response>;

/** A connection on which a client has made a request. */
interface Asked {
  readonly connection: Connection;
  /** Ends all answers. */
  readonly end: () => void;
  close(): Promise<void>;
}

async function accept(
  answer: Answer,
  ask: (url: string) => Promise<() => void>,
  requestsCount = 1,
  listener: Deno.Listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }),
): Promise<Asked> {
  const accepted = listener.accept();
  const { port } = listener.addr as Deno.NetAddr;
  const close = await ask(`http://127.0.0.1:${port}`);
  const deadlines = new Deadlines(new TestClock());
  const ended = Promise.withResolvers<void>();
  const answering = Promise.withResolvers<void>();
  let askedCount = 0;
  const connection = new Connection(await accepted, {
    deadlines,
    timeouts: { headerMs: 1e9, idleMs: 1e9, writeMs: 1e9 },
    answer: (request, _info, { reading }) => {
      const pace = { deadlines, gapMsMax: 1e9, reading };
      const response = answer(
        () => paceBody(request.body!, pace),
        ended.promise,
      );
      if (++askedCount === requestsCount) answering.resolve();
      return response;
    },
    fail: () => new Response(),
  });
  await answering.promise;
  // What is read of a body, and a response that begins at once.
  for (let turn = 0; turn < 20; turn++) await passTurn();
  return {
    connection,
    end: ended.resolve,
    async close() {
      ended.resolve();
      close();
      connection.cut();
      await connection.finished;
      listener.close();
    },
  };
}

function passTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

async function pending(_body: unknown, ended: Promise<void>) {
  await ended;
  return new Response();
}

function streaming(_body: unknown, ended: Promise<void>): Promise<Response> {
  const start: UnderlyingDefaultSource["start"] = (out) => {
    ended.then(() => out.close());
  };
  return Promise.resolve(new Response(new ReadableStream({ start })));
}

async function reading(...[body, ended]: Parameters<Answer>) {
  const read = body().getReader().read().then(() => {}, () => {});
  await Promise.all([read, ended]);
  return new Response();
}

async function readingAll(...[body, ended]: Parameters<Answer>) {
  await body().pipeTo(new WritableStream());
  await ended;
  return new Response();
}

function readingWhileStreaming(...[body, ended]: Parameters<Answer>) {
  body().getReader().read().then(() => {}, () => {});
  return streaming(body, ended);
}

const POST = "POST / HTTP/1.1\r\nHost: x\r\n";
const UPLOAD = `${POST}Transfer-Encoding: chunked\r\n\r\n`;

// deno-fmt-ignore
const REQUESTS: readonly (readonly [name: string, request: string, answer: Answer, isHttp1: boolean | undefined])[] = [
  ["has asked", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", pending, true],
  ["is sent a stream", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", streaming, true],
  ["has asked in HTTP/1.0, which looks like HTTP/2", "GET / HTTP/1.0\r\n\r\n", pending, false],
  ["has sent no body", `${POST}Content-Length: 0\r\n\r\n`, pending, true],
  ["has not said whether there is a body", "POST / HTTP/1.0\r\n\r\n", streaming, undefined],
  ["has a body that nobody has read yet", UPLOAD, pending, undefined],
  ["has a body that somebody waits for", UPLOAD, reading, undefined],
  ["has a body that was read whole", `${POST}Content-Length: 3\r\n\r\nabc`, readingAll, true],
  ["has a body that somebody waits for and is sent a stream", UPLOAD, readingWhileStreaming, undefined],
  ["has a body that nobody reads and is sent a stream", UPLOAD, streaming, true],
];

for (const [name, request, answer, isHttp1] of REQUESTS) {
  Deno.test(`Connection.silence tells that a client ${name}`, async () => {
    const asked = await accept(answer, async (url) => {
      const client = await RawClient.connect(url);
      await client.send(request);
      return () => client.close();
    });
    strictEqual(asked.connection.silence?.isHttp1, isHttp1);
    asked.end();
    await asked.close();
  });
}

Deno.test("Connection.silence is undefined once all is answered", async () => {
  let client: RawClient;
  const asked = await accept(pending, async (url) => {
    client = await RawClient.connect(url);
    await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    return () => client.close();
  });
  asked.end();
  await client!.readUntil("\r\n\r\n");
  strictEqual(asked.connection.silence, undefined);
  await asked.close();
});

Deno.test("Connection.silence is undefined once there were two requests at a time", async () => {
  const asked = await accept(pending, (url) => {
    const session = connect(url);
    for (let nth = 0; nth < 2; nth++) session.request().on("error", () => {});
    return Promise.resolve(() => session.destroy());
  }, 2);
  const { connection } = asked;
  deepStrictEqual([connection.isIdle, connection.silence], [false, undefined]);
  await asked.close();
});

Deno.test("Connection.silence is undefined when the client has chosen HTTP/2 under TLS", async () => {
  const pem = (name: string) =>
    Deno.readTextFileSync(
      new URL(`../testdata/tls/${name}.pem`, import.meta.url),
    );
  const pair = { cert: pem("one.cert"), key: pem("one.key") };
  const listener = listenTls("127.0.0.1", 0, pair);
  const ask = (url: string) => {
    const session = connect(url.replace("http:", "https:"), {
      rejectUnauthorized: false,
    });
    session.request().on("error", () => {});
    return Promise.resolve(() => session.destroy());
  };
  const asked = await accept(pending, ask, 1, listener);
  const { connection } = asked;
  deepStrictEqual([connection.isIdle, connection.silence], [false, undefined]);
  await asked.close();
});
