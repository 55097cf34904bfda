import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { gzipSync } from "node:zlib";

import type { Capability } from "../../capability.ts";
import { DECODERS_MAX, PIPES_MAX } from "../../limits.ts";
import { LocalComponent, ROOMY } from "../../testdata/local.ts";
import { LIBRARIES } from "../ops.ts";
import { Client } from "../testdata/client.ts";

/** As `ROOMY`, with the network. */
const CLIENT: Capability = { ...ROOMY, network: true };

/** What the default export of `bundle` logs. */
async function linesOf(
  bundle: string,
  capability: Capability = ROOMY,
): Promise<string[]> {
  const component = await LocalComponent.bake(bundle, capability);
  const reason = await component.run();
  strictEqual(reason, "normal", JSON.stringify(reason));
  return component.lines;
}

async function withServer(
  handler: (request: Request) => Response | Promise<Response>,
  test: (origin: string) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal },
    handler,
  );
  try {
    await test(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    controller.abort();
    await server.finished;
  }
}

Deno.test("the library http is evaluated when a component needs it, and when it answers requests", async () => {
  const look =
    `console.log(typeof Object.getOwnPropertyDescriptor(globalThis, "Head" + "ers").get);`;
  const service =
    `${look} exports.f = () => {}; globalThis["Head" + "ers"]; ${look}`;
  const { lines } = await LocalComponent.bake(service);
  deepStrictEqual(lines, ["function", "undefined"]);
  deepStrictEqual(await linesOf(`exports.default = () => { ${look} }`), [
    "undefined",
  ]);
});

for (const [library, names] of Object.entries(LIBRARIES)) {
  const [name] = names;
  // What the others say is read from the log, which takes `console`.
  if (name === "console") continue;
  // What has a default function answers requests, so that it is in its image.
  if (library === "http") continue;
  const hidden = `["${name.slice(0, 2)}", "${name.slice(2)}"].join("")`;

  Deno.test(`a process evaluates the library ${library} when it needs it`, async () => {
    const lines = await linesOf(`exports.default = () => {
      const own = Object.getOwnPropertyDescriptor(globalThis, ${hidden});
      console.log(typeof own.get, typeof globalThis[${hidden}], typeof Object.getOwnPropertyDescriptor(globalThis, ${hidden}).value);
    }`);
    deepStrictEqual(lines, ["function function function"]);
  });

  Deno.test(`an image has the library ${library} in it when its component names ${name}`, async () => {
    const lines = await linesOf(`exports.default = () => {
      ${name};
      console.log(typeof Object.getOwnPropertyDescriptor(globalThis, ${hidden}).value);
    }`);
    deepStrictEqual(lines, ["function"]);
  });

  Deno.test(`a component evaluates the library ${library} while it loads`, async () => {
    const lines = await linesOf(
      `const made = globalThis[${hidden}]; exports.default = () => console.log(typeof made)`,
    );
    deepStrictEqual(lines, ["function"]);
  });
}

Deno.test("a global of a library can be replaced before it is read", async () => {
  const lines = await linesOf(`
    globalThis["Bl" + "ob"] = 1;
    exports.default = async () => console.log(globalThis["Bl" + "ob"], String(await new Response("x")["bl" + "ob"]()));`);
  deepStrictEqual(lines, ["1 [object Blob]"]);
});

Deno.test("a library that is needed deep in a stack is evaluated, or not, and nothing else happens", async () => {
  const lines = await linesOf(`
    const name = "Readable" + "Stream";
    function dive() { try { return dive(); } catch { return typeof globalThis[name]; } }
    exports.default = () => {
      try { dive(); } catch (error) { console.log(error.name); }
      console.log(typeof globalThis[name]);
    }`);
  strictEqual(lines.at(-1), "function");
});

Deno.test("fetch() reads a body as it comes, and no more than it reads", async () => {
  let pulledCount = 0;
  const body = () =>
    new ReadableStream({
      pull(controller) {
        pulledCount++;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
  await withServer(() => new Response(body()), async (origin) => {
    const lines = await linesOf(
      `exports.default = async () => {
      const response = await fetch("${origin}");
      const reader = response.body.getReader();
      let count = 0;
      while (count < 1e6) count += (await reader.read()).value.length;
      await reader.cancel();
      console.log(count >= 1e6, (await reader.read()).done);
    }`,
      CLIENT,
    );
    deepStrictEqual(lines, ["true true"]);
    ok(pulledCount < 1_000, `${pulledCount}`);
  });
});

Deno.test("fetch() of a body larger than the memory streams through", async () => {
  const bytes = 32 * 1024 * 1024;
  let left = bytes / 65_536;
  const body = new ReadableStream({
    pull(controller) {
      if (left-- === 0) controller.close();
      else controller.enqueue(new Uint8Array(65_536));
    },
  });
  await withServer(() => new Response(body), async (origin) => {
    const lines = await linesOf(
      `exports.default = async () => {
      let count = 0;
      for await (const chunk of (await fetch("${origin}")).body) count += chunk.length;
      console.log(count);
    }`,
      CLIENT,
    );
    deepStrictEqual(lines, [`${bytes}`]);
  });
});

Deno.test("fetch() sends a stream as it is written", async () => {
  await withServer(
    (request) => new Response(request.body),
    async (origin) => {
      const lines = await linesOf(
        `exports.default = async () => {
        const encoder = new TextEncoder();
        const { readable, writable } = new TransformStream();
        const writer = writable.getWriter();
        const answered = fetch("${origin}", { method: "POST", body: readable, duplex: "half" });
        await writer.write(encoder.encode("one"));
        const reader = (await answered).body.pipeThrough(new TextDecoderStream()).getReader();
        console.log((await reader.read()).value);
        await writer.write(encoder.encode("two"));
        console.log((await reader.read()).value);
        await writer.close();
        console.log((await reader.read()).done);
      }`,
        CLIENT,
      );
      deepStrictEqual(lines, ["one", "two", "true"]);
    },
  );
});

Deno.test("fetch() hands one body on to another", async () => {
  await withServer(
    async (request) => new Response((await request.text()) || "hello"),
    async (origin) => {
      const lines = await linesOf(
        `exports.default = async () => {
        const first = await fetch("${origin}");
        const second = await fetch("${origin}", { method: "POST", body: first.body });
        console.log(await second.text());
      }`,
        CLIENT,
      );
      deepStrictEqual(lines, ["hello"]);
    },
  );
});

Deno.test("fetch() is aborted while its body comes", async () => {
  await withServer(
    () =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.enqueue(new Uint8Array(1)),
        }),
      ),
    async (origin) => {
      const lines = await linesOf(
        `exports.default = async () => {
        const controller = new AbortController();
        const response = await fetch("${origin}", { signal: controller.signal });
        const reader = response.body.getReader();
        console.log((await reader.read()).value.length);
        const read = reader.read().catch((reason) => reason);
        controller.abort("enough");
        console.log(await read);
        console.log(await reader.read().catch((reason) => reason));
      }`,
        CLIENT,
      );
      deepStrictEqual(lines, ["1", "enough", "enough"]);
    },
  );
});

Deno.test("fetch() without network fails before anyone is asked", async () => {
  const lines = await linesOf(`exports.default = async () => {
    const error = await fetch("http://127.0.0.1:1/").catch((error) => error);
    console.log(error.name, error.message, error.cause.name);
  }`);
  deepStrictEqual(lines, [
    'TypeError Cannot fetch: profile "roomy" does not grant network NotCapable',
  ]);
});

Deno.test("bodies that nobody reads are let go", async () => {
  await withServer(() => new Response("x"), async (origin) => {
    const lines = await linesOf(
      `exports.default = async () => {
      for (let count = 0; count < ${
        2 * PIPES_MAX
      }; count++) await fetch("${origin}");
      console.log("done");
    }`,
      CLIENT,
    );
    deepStrictEqual(lines, ["done"]);
  });
});

Deno.test("more bodies than the bound are refused", async () => {
  await withServer(() => new Response("x"), async (origin) => {
    const lines = await linesOf(
      `exports.default = async () => {
      const kept = [];
      for (let count = 0; count < ${PIPES_MAX}; count++) kept.push(await fetch("${origin}"));
      const error = await fetch("${origin}").catch((error) => error);
      console.log(error.name, error.message);
      console.log(await kept[0].text());
      console.log((await fetch("${origin}")).status);
    }`,
      CLIENT,
    );
    deepStrictEqual(lines, [
      `TypeError Cannot have more than ${PIPES_MAX} bodies and compressors open`,
      "x",
      "200",
    ]);
  });
});

Deno.test("a process that ends in the middle lets go of its bodies", async () => {
  const cancelled = Promise.withResolvers<void>();
  const body = () =>
    new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      cancel: () => cancelled.resolve(),
    });
  await withServer(() => new Response(body()), async (origin) => {
    const component = await LocalComponent.bake(
      `exports.default = async () => {
      globalThis.response = await fetch("${origin}");
      throw new RangeError("x");
    }`,
      CLIENT,
    );
    await component.run();
    await cancelled.promise;
  });
});

Deno.test("a zip bomb is inflated as it is read", async () => {
  const bytes = 64 * 1024 * 1024;
  const bomb = gzipSync(new Uint8Array(bytes)).toString("base64");
  const lines = await linesOf(`exports.default = async () => {
    const zipped = Uint8Array.fromBase64("${bomb}");
    const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
    const reader = stream.getReader();
    console.log((await reader.read()).value.length <= 65536);
    let count = 65536;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      count += value.length;
    }
    console.log(count);
  }`);
  strictEqual(lines[0], "true");
  ok(Math.abs(Number(lines[1]) - bytes) < 65_536, lines[1]);
});

Deno.test("more compressors than the bound are refused", async () => {
  const lines = await linesOf(`exports.default = () => {
    const kept = [];
    try { for (;;) kept.push(new CompressionStream("gzip")); }
    catch (error) { console.log(kept.length, error.name, error.message); }
  }`);
  deepStrictEqual(lines, [
    `${PIPES_MAX} RangeError Cannot have more than ${PIPES_MAX} bodies and compressors open`,
  ]);
});

Deno.test("more decoders than the bound are refused, and dropped ones let go", async () => {
  const lines = await linesOf(`exports.default = async () => {
    const chunk = new Uint8Array([0x81]);
    const decode = () => { const decoder = new TextDecoder("big5"); decoder.decode(chunk, { stream: true }); return decoder; };
    const kept = [];
    try { for (;;) kept.push(decode()); } catch (error) { console.log(kept.length, error.name); }
    kept.length = 0;
    await new Promise((resolve) => setTimeout(resolve));
    decode();
    console.log("again");
  }`);
  deepStrictEqual(lines, [`${DECODERS_MAX} RangeError`, "again"]);
});

Deno.test("keys work in a process, and a key is not for who replaced the language", async () => {
  const lines = await linesOf(`exports.default = async () => {
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, new Uint8Array(4));
    console.log(sealed.byteLength, JSON.stringify(Reflect.ownKeys(key)));
    console.log(await crypto.subtle.exportKey("raw", key).catch((error) => error.name));
  }`);
  deepStrictEqual(lines, ["20 []", "InvalidAccessError"]);
});

Deno.test("a handler answers with what it makes of its request as a stream", async () => {
  const component = await LocalComponent.bake(`exports.default = (request) =>
    new Response(request.body.pipeThrough(new TransformStream({
      transform: (chunk, controller) => controller.enqueue(chunk.map((byte) => byte + 1)),
    })))`);
  const client = new Client(component, true);
  const got: number[] = [];
  let isAsked = false;
  for (let told = await client.next(); told.type !== "down";) {
    if (told.type === "want") {
      const bytes = new Uint8Array([1, 2, 3]);
      client.tell(isAsked ? { type: "end" } : { type: "piece", bytes });
      isAsked = true;
    } else if (told.type === "part") {
      got.push(...told.part.bytes);
      client.tell({ type: "taken" });
    }
    told = await client.next();
  }
  deepStrictEqual(got, [2, 3, 4]);
  await client.close();
});

Deno.test("an error of the host names no file of it", async () => {
  const lines = await linesOf(`exports.default = async () => {
    const stream = new Blob(["nonsense"]).stream().pipeThrough(new DecompressionStream("gzip"));
    const error = await new Response(stream).text().catch((error) => error);
    console.log(error.name, error.message, error.stack);
  }`);
  match(lines[0]!, /^TypeError Cannot decompress this: /);
  ok(!/file:|node:|ext:/.test(lines[0]!), lines[0]);
});
