import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { connect } from "./connection.ts";
import { manifestOf, type Served, withApp } from "./served.ts";

// Bodies of scripts that come and go in pieces, as bytes on the socket.

const MEBIBYTE = 1024 * 1024;
const LARGE = 100 * MEBIBYTE;

/** As much as a stream with nobody at the other end may take: less than a tenth of what it would. */
const STUCK_BYTES_MAX = 10 * MEBIBYTE;

const MANIFEST = `${manifestOf("streams", `max_body_bytes = ${2 * LARGE}`)}
  capability = "small"

  [capabilities.small]
  max-cpu-ms = 2_000
  max-memory-mb = 16
`;

/** Calls `test` with the app, and waits until no guest is left. */
async function withStreams(
  test: (served: Served) => Promise<void>,
  manifest = MANIFEST,
): Promise<void> {
  await withApp(manifest, async (served) => {
    await test(served);
    await served.idle();
    strictEqual(served.app.info().alive, 0);
  });
}

function get(path: string, method = "GET"): string {
  return `${method} /${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
}

/** Begins again after itself. */
const PATTERN = Uint8Array.from({ length: 251 * 256 }, (_, at) => at % 251);

/** A body of `length` bytes, each the remainder of its place by 251. */
function bytesOf(length: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = length;
  return new ReadableStream({
    pull(controller) {
      if (left <= 0) return controller.close();
      controller.enqueue(PATTERN.slice(0, left));
      left -= PATTERN.length;
    },
  });
}

/** How many bytes of {@linkcode bytesOf} there are, all in order. */
async function checkedLength(response: Response): Promise<number> {
  let at = 0;
  for await (const chunk of response.body!) {
    ok(chunk.every((byte, index) => byte === (at + index) % 251));
    at += chunk.length;
  }
  return at;
}

async function lengthOf(response: Response): Promise<number> {
  let length = 0;
  for await (const chunk of response.body!) length += chunk.length;
  return length;
}

/** All that comes on a socket, until it ends. */
async function rest(socket: Deno.Conn): Promise<string> {
  try {
    return await new Response(socket.readable).text();
  } catch (error) {
    // It was reset: what came is not of interest then.
    ok(error instanceof Deno.errors.ConnectionReset);
    return "reset";
  }
}

Deno.test("startApp() passes 100 MiB each way through guests of 16 MiB, at once", async () => {
  await withStreams(async ({ url }) => {
    const sum = async () => {
      const init = { method: "POST", body: bytesOf(LARGE) };
      return await (await fetch(`${url}/sum`, init)).text();
    };
    const large = async () => await lengthOf(await fetch(`${url}/large`));
    deepStrictEqual(await Promise.all([sum(), large()]), [
      String(LARGE),
      LARGE,
    ]);
  });
});

Deno.test("startApp() hands a body back byte for byte while it comes", async () => {
  await withStreams(async ({ url }) => {
    const length = 20 * MEBIBYTE + 1;
    const init = { method: "POST", body: bytesOf(length) };
    strictEqual(await checkedLength(await fetch(`${url}/echo`, init)), length);
  });
});

Deno.test("startApp() answers before the body is at its end", async () => {
  await withStreams(async ({ port }) => {
    using connection = await connect(port);
    await connection.write(
      "POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n",
    );
    const decoder = new TextDecoder();
    const until = async (end: string) => {
      let text = "";
      while (!text.endsWith(end)) {
        text += decoder.decode(await connection.readBytes(1));
      }
      return text;
    };
    match(await until("\r\n\r\n"), /^HTTP\/1\.1 200 OK\r\n/);
    strictEqual(await until("one\r\n"), "3\r\none\r\n");
    await connection.write("3\r\ntwo\r\n0\r\n\r\n");
    strictEqual(await until("0\r\n\r\n"), "3\r\ntwo\r\n0\r\n\r\n");
  });
});

Deno.test("startApp() has a guest wait for a client that does not read", async () => {
  await withStreams(async ({ url, port, logged }) => {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    await socket.write(new TextEncoder().encode(get("endless")));
    // By then, a guest that does not wait has made as much.
    strictEqual(await lengthOf(await fetch(`${url}/large`)), LARGE);
    socket.close();
    const line = await logged(/cancelled after \d+/);
    const made = Number(/after (\d+)/.exec(line)![1]);
    ok(made * 64 * 1024 < STUCK_BYTES_MAX, line);
  });
});

Deno.test("startApp() has a client wait for a guest that does not read", async () => {
  await withApp(MANIFEST, async ({ url, port, logged }) => {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    await socket.write(new TextEncoder().encode(
      `POST /deaf HTTP/1.1\r\nhost: a\r\ncontent-length: ${LARGE}\r\n\r\n`,
    ));
    let sent = 0;
    const sending = (async () => {
      const piece = new Uint8Array(64 * 1024);
      // Ends with the connection.
      for (;;) sent += await socket.write(piece);
    })().catch(() => {});
    await logged(/reads no more/);
    const init = { method: "POST", body: bytesOf(LARGE) };
    strictEqual(
      await (await fetch(`${url}/sum`, init)).text(),
      String(LARGE),
    );
    ok(sent < STUCK_BYTES_MAX, String(sent));
    socket.close();
    await sending;
  });
});

Deno.test("startApp() tells a guest that its client has gone, and ends it", async () => {
  await withStreams(async ({ port, logged, idle }) => {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    await socket.write(new TextEncoder().encode(get("events")));
    let text = "";
    const piece = new Uint8Array(1_000);
    while (!text.includes("data: 1\n\n")) {
      const count = await socket.read(piece);
      text += new TextDecoder().decode(piece.subarray(0, count!));
    }
    match(text, /\r\ncontent-type: text\/event-stream\r\n/);
    match(text, /\r\ncache-control: no-cache\r\n/);
    socket.close();
    await logged(/aborted/);
    await idle();
  });
});

/** A guest that ends in the middle, and the line about its end. */
const ENDS: readonly (readonly [path: string, line: RegExp])[] = [
  ["crashing", /crashed: RangeError: midway/],
  ["spinning", /limit cpu/],
];

for (const [path, line] of ENDS) {
  Deno.test(`startApp() cuts the response of a guest that is ${path}`, async () => {
    await withStreams(async ({ port, logged }) => {
      const socket = await Deno.connect({ hostname: "127.0.0.1", port });
      await socket.write(new TextEncoder().encode(get(path)));
      const text = await rest(socket);
      match(text, /^HTTP\/1\.1 200 OK\r\n/);
      match(text, /text 1/);
      ok(!text.endsWith("0\r\n\r\n"));
      await logged(line);
    });
  });
}

/** The request line, the status, the headers but for the date, and the length of the body. */
// deno-fmt-ignore
const HEADS: readonly (readonly [method: string, path: string, status: number, headers: readonly string[], length: number])[] = [
  ["GET", "told", 200, ["content-length: 131072"], 131_072],
  ["HEAD", "told", 200, ["content-length: 131072"], 0],
  ["HEAD", "endless", 200, [], 0],
  // As in Deno, such a response cannot be made.
  ["GET", "deleted", 502, ["content-length: 12", "content-type: text/plain;charset=UTF-8"], 12],
  ["GET", "cached", 502, ["content-length: 12", "content-type: text/plain;charset=UTF-8"], 12],
];

Deno.test("startApp() frames a response with a stream as the method and the status say", async (t) => {
  await withStreams(async ({ port }) => {
    using connection = await connect(port);
    for (const [method, path, status, headers, length] of HEADS) {
      await t.step(`${method} ${path}`, async () => {
        await connection.write(get(path, method));
        const response = await connection.read(method);
        strictEqual(response.status, status);
        deepStrictEqual(
          response.headers
            .filter(([name]) => name !== "date" && name !== "x-request-id")
            .map((header) => header.join(": ")).sort(),
          headers,
        );
        strictEqual(response.body.length, length);
      });
    }
  });
});

Deno.test("startApp() has a guest read a large form, and a large text", async () => {
  await withStreams(async ({ url }) => {
    const form = new FormData();
    form.append("a", "b");
    form.append("file", new Blob([new Uint8Array(MEBIBYTE)]));
    const sent = { method: "POST", body: form };
    const answered = await fetch(`${url}/form`, sent);
    strictEqual(await answered.text(), `b ${MEBIBYTE}`);
    const text = { method: "POST", body: "x".repeat(MEBIBYTE) };
    strictEqual(await (await fetch(`${url}/text`, text)).text(), `${MEBIBYTE}`);
  });
});

Deno.test("startApp() refuses a body that turns out too large while it comes", async () => {
  const manifest = manifestOf("streams", "max_body_bytes = 100_000");
  await withStreams(async ({ url }) => {
    const init = { method: "POST", body: bytesOf(MEBIBYTE) };
    const response = await fetch(`${url}/sum`, init);
    strictEqual(response.status, 413);
    await response.body?.cancel();
  }, manifest);
});

Deno.test("startApp() passes bodies in pieces to actions, too", async () => {
  const manifest = `
    [[serve]]
    protocol = "http"
    listen = "127.0.0.1:0"

    [serve.routes]
    "POST /files/:name" = "streams#upload"

    [components.streams]
  `;
  await withStreams(async ({ url }) => {
    const init = { method: "POST", body: bytesOf(MEBIBYTE) };
    const response = await fetch(`${url}/files/one`, init);
    strictEqual(await response.text(), `one ${MEBIBYTE}`);
  }, manifest);
});

Deno.test("startApp() serves many streams at once", async () => {
  await withStreams(async ({ url }) => {
    const echo = async (_: unknown, index: number) => {
      const length = 100_000 + index;
      const init = { method: "POST", body: bytesOf(length) };
      const response = await fetch(`${url}/echo`, init);
      return await checkedLength(response) - length;
    };
    const differences = await Promise.all(Array.from({ length: 40 }, echo));
    deepStrictEqual(differences, Array(40).fill(0));
  });
});

// 100 MiB, which do not fit the ways between threads at once.
Deno.test("startApp() sends a hundred large answers at once, and says how long they are", async () => {
  await withStreams(async ({ url }) => {
    const ask = async () => {
      const response = await fetch(`${url}/whole`);
      const { status, headers } = response;
      const length = await lengthOf(response);
      return `${status} ${headers.get("content-length")} ${length}`;
    };
    const answers = await Promise.all(Array.from({ length: 100 }, ask));
    deepStrictEqual(answers, Array(100).fill(`200 ${MEBIBYTE} ${MEBIBYTE}`));
    const head = await fetch(`${url}/whole`, { method: "HEAD" });
    strictEqual(head.headers.get("content-length"), String(MEBIBYTE));
  });
});
