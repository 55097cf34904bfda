import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import fc from "fast-check";
import { WHOLE_REPLY_BYTES_MAX } from "../http/limits.ts";
import { LocalComponent } from "../testdata/local.ts";
import { PIPE_CHUNK_BYTES_MAX } from "./ops.ts";
import { Client } from "./testdata/client.ts";

const encoder = new TextEncoder();

/** Calls `test` with a client of `bundle`, and checks that nothing is left. */
async function withClient(
  bundle: string,
  test: (client: Client, component: LocalComponent) => Promise<void>,
  ...asked: [isStreamed?: boolean, method?: string]
): Promise<void> {
  const component = await LocalComponent.bake(bundle);
  const client = new Client(component, ...asked);
  await test(client, component);
  await client.close();
  await component.pool.allBack();
  await client.quiet();
  deepStrictEqual(component.runtime.list(), []);
}

async function words(client: Client, count: number): Promise<string[]> {
  const all: string[] = [];
  while (all.length < count) all.push(await client.word());
  return all;
}

const ENCODE = "const encode = (text) => new TextEncoder().encode(text);";
const COUNTING = `${ENCODE}
let count = 0;
const body = () => new ReadableStream({
  pull(controller) { controller.enqueue(encode(String(count++))); },
  cancel(reason) { console.log("cancelled", reason.name, count); },
});`;

// Who waits for its client alone ends, unless that goes in the same turn.
const LIVING =
  `const live = () => new Promise((resolve) => setTimeout(resolve, 1e6));`;

Deno.test("a script answers with a stream: its head at once, and each piece when the last is taken", async () => {
  await withClient(
    `${ENCODE} exports.default = () => new Response(new ReadableStream({
      count: 0,
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve));
        if (this.count === 2) controller.close();
        else controller.enqueue(encode(String(this.count++)));
      },
    }), { status: 201, headers: { "x-a": "b" } });`,
    async (client) => {
      const begun = await client.next();
      ok(begun.type === "begin");
      deepStrictEqual(JSON.parse(begun.head), {
        status: 201,
        headers: [["x-a", "b"]],
      });
      deepStrictEqual(await words(client, 2), ["watch", "piece 0"]);
      await client.quiet();
      strictEqual(client.toldCount, 0);
      client.tell({ type: "taken" });
      strictEqual(await client.word(), "piece 1");
      client.tell({ type: "taken" });
      deepStrictEqual(await words(client, 2), ["last", 'down "normal"']);
    },
  );
});

Deno.test("a script is never far ahead of a client that takes nothing", async () => {
  await withClient(
    `${COUNTING} exports.default = () => {
      setInterval(() => console.log(count), 1);
      return new Response(body());
    };`,
    async (client, component) => {
      deepStrictEqual(await words(client, 3), ["begin", "watch", "piece 0"]);
      await client.quiet();
      strictEqual(client.toldCount, 0);
      ok(component.lines.length > 0);
      // One is on its way, and one its stream has ready.
      for (const line of component.lines) ok(Number(line) <= 3, line);
    },
  );
});

Deno.test("a script hears that its client has gone: its signal, its source, and then it ends well", async () => {
  await withClient(
    `${COUNTING} exports.default = (request) => {
      request.signal.addEventListener("abort", () => console.log(request.signal.reason.name));
      return new Response(body());
    };`,
    async (client, component) => {
      deepStrictEqual(await words(client, 3), ["watch", "begin", "piece 0"]);
      client.tell({ type: "gone" });
      strictEqual(await client.word(), 'down "normal"');
      match(component.lines.join(), /^cancelled AbortError \d,AbortError$/);
    },
  );
});

Deno.test("a script whose client has gone ends when its source has done what it does then", async () => {
  await withClient(
    `${LIVING} exports.default = () => new Response(new ReadableStream({
      pull: live,
      async cancel() {
        await new Promise((resolve) => setTimeout(resolve));
        console.log("cancelled");
      },
    }));`,
    async (client, component) => {
      deepStrictEqual(await words(client, 2), ["begin", "watch"]);
      client.tell({ type: "gone" });
      strictEqual(await client.word(), 'down "normal"');
      deepStrictEqual(component.lines, ["cancelled"]);
    },
  );
});

Deno.test("a script hears that its client has gone although it has not answered, and may answer", async () => {
  await withClient(
    `${LIVING} exports.default = async ({ signal }) => {
      const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
      await Promise.race([live(), aborted]);
      return new Response("late");
    };`,
    async (client) => {
      strictEqual(await client.word(), "watch");
      client.tell({ type: "gone" });
      deepStrictEqual(await words(client, 2), ["reply", 'down "normal"']);
    },
  );
});

Deno.test("a signal that nothing can abort any more keeps no process alive", async () => {
  await withClient(
    `exports.default = ({ signal }) => new Promise(() => signal.onabort = () => {});`,
    async (client) => {
      strictEqual(await client.word(), "watch");
      match(await client.word(), /^down .*awaits what nothing will settle/);
    },
  );
});

/** A body that does not come to its end, and what is told of it. */
// deno-fmt-ignore
const BROKEN: readonly (readonly [what: string, body: string, reason: RegExp])[] = [
  ["fails", `new ReadableStream({ pull() { throw new RangeError("midway"); } })`, /RangeError.*midway/],
  ["has something that is no bytes", `new ReadableStream({ start(c) { c.enqueue("text"); } })`, /TypeError.*no Uint8Array/],
  ["never comes", `new ReadableStream({ pull: () => new Promise(() => {}) })`, /awaits what nothing will settle/],
  ["uses up the memory", `new ReadableStream({ pull() { for (let a = []; ;) a.push("x".repeat(1e6)); } })`, /memory/],
];

for (const [what, body, reason] of BROKEN) {
  Deno.test(`a script crashes, and its answer is cut, when its body ${what}`, async () => {
    await withClient(
      `exports.default = () => new Response(${body});`,
      async (client) => {
        deepStrictEqual(await words(client, 3), ["begin", "watch", "cut"]);
        match(await client.word(), reason);
      },
    );
  });
}

Deno.test("a script that is killed in the middle ends its answer nowhere", async () => {
  await withClient(
    `${COUNTING} exports.default = () => new Response(body());`,
    async (client) => {
      deepStrictEqual(await words(client, 3), ["begin", "watch", "piece 0"]);
      client.guest.kill();
      strictEqual(await client.word(), 'down "killed"');
    },
  );
});

Deno.test("a script answers HEAD with the head alone, and its source is cancelled", async () => {
  await withClient(
    `exports.default = () => new Response(new ReadableStream({
      cancel: () => console.log("cancelled"),
    }));`,
    async (client, component) => {
      deepStrictEqual(await words(client, 3), [
        "begin",
        "last",
        'down "normal"',
      ]);
      deepStrictEqual(component.lines, ["cancelled"]);
    },
    ...[false, "HEAD"] as const,
  );
});

const WHOLE = `exports.default = () => {
  setTimeout(() => console.log("went on"), 0);
  return new Response("x".repeat(${2 * WHOLE_REPLY_BYTES_MAX + 1}));
};`;

Deno.test("a large answer goes in pieces, each when the last is taken, and its script goes on meanwhile", async () => {
  await withClient(WHOLE, async (client, component) => {
    const begun = await client.next();
    ok(begun.type === "begin");
    strictEqual(begun.length, 2 * WHOLE_REPLY_BYTES_MAX + 1);
    for (const length of [WHOLE_REPLY_BYTES_MAX, WHOLE_REPLY_BYTES_MAX, 1]) {
      const told = await client.next();
      ok(told.type === "part");
      strictEqual(told.part.bytes.length, length);
      await client.quiet();
      strictEqual(client.toldCount, 0);
      client.tell({ type: "taken" });
    }
    deepStrictEqual(await words(client, 2), ["last", 'down "normal"']);
    deepStrictEqual(component.lines, ["went on"]);
  });
});

Deno.test("a large answer is over when its client has gone", async () => {
  await withClient(WHOLE, async (client) => {
    strictEqual((await client.next()).type, "begin");
    strictEqual((await client.next()).type, "part");
    client.tell({ type: "gone" });
    strictEqual(await client.word(), 'down "normal"');
  });
});

Deno.test("an answer that is not large goes at once", async () => {
  const length = WHOLE_REPLY_BYTES_MAX;
  await withClient(
    `exports.default = () => new Response("x".repeat(${length}));`,
    async (client) => {
      const told = await client.next();
      ok(told.type === "reply");
      strictEqual(told.body?.length, length);
    },
  );
});

Deno.test("a script answers with what an iterable gives, and leaves it when its client has gone", async () => {
  await withClient(
    `${ENCODE} exports.default = () => new Response((async function* () {
      try { for (let count = 0; ; count++) yield encode(String(count)); }
      finally { console.log("left"); }
    })());`,
    async (client, component) => {
      deepStrictEqual(await words(client, 3), ["begin", "watch", "piece 0"]);
      client.tell({ type: "gone" });
      strictEqual(await client.word(), 'down "normal"');
      deepStrictEqual(component.lines, ["left"]);
    },
  );
});

// deno-fmt-ignore
const READERS: readonly (readonly [what: string, read: string])[] = [
  ["text()", "await request.text()"],
  ["arrayBuffer()", "new TextDecoder().decode(await request.arrayBuffer())"],
  ["a loop over its body", `await (async () => {
    let text = "";
    for await (const chunk of request.body) text += new TextDecoder().decode(chunk);
    return text;
  })()`],
  ["text() of a clone", "await request.clone().text()"],
  ["text() of a request that it made of it", "await new Request(request).text()"],
];

for (const [what, read] of READERS) {
  Deno.test(`a script reads its request piece by piece, by ${what}`, async () => {
    await withClient(
      `exports.default = async (request) => new Response(${read});`,
      async (client) => {
        for (const text of ["one ", "two"]) {
          strictEqual(await client.word(), "want");
          await client.quiet();
          strictEqual(client.toldCount, 0);
          client.tell({ type: "piece", bytes: encoder.encode(text) });
        }
        strictEqual(await client.word(), "want");
        client.tell({ type: "end" });
        const reply = await client.next();
        ok(reply.type === "reply");
        strictEqual(new TextDecoder().decode(reply.body!), "one two");
      },
      true,
    );
  });
}

Deno.test("a script that does not read its request has asked for nothing", async () => {
  await withClient(
    `exports.default = (request) => new Response(String(request.bodyUsed));`,
    async (client) => {
      deepStrictEqual(await words(client, 2), ["reply", 'down "normal"']);
    },
    true,
  );
});

Deno.test("a script that reads on without its client ends well, unless it makes something else of that", async () => {
  await withClient(
    `exports.default = async (request) => new Response(await request.text());`,
    async (client) => {
      strictEqual(await client.word(), "want");
      client.tell({ type: "broken", isTooLarge: false });
      strictEqual(await client.word(), 'down "normal"');
    },
    true,
  );
  await withClient(
    `exports.default = (request) =>
      request.text().catch(({ name, message }) => new Response(name + " " + message));`,
    async (client) => {
      strictEqual(await client.word(), "want");
      client.tell({ type: "broken", isTooLarge: true });
      const reply = await client.next();
      ok(reply.type === "reply");
      strictEqual(
        new TextDecoder().decode(reply.body!),
        "TypeError Cannot read a body that is larger than allowed",
      );
    },
    true,
  );
});

Deno.test("a script passes on every byte of its request, however the pieces are cut", async () => {
  const component = await LocalComponent.bake(
    `exports.default = (request) => new Response(request.body);`,
  );
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 10 }),
    fc.constantFrom(1, 2, 3).map((times) =>
      new Uint8Array(times * PIPE_CHUNK_BYTES_MAX / 2 + 1).fill(times)
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
      const client = new Client(component, true);
      const got: number[] = [];
      const left = [...pieces];
      for (let told = await client.next(); told.type !== "down";) {
        if (told.type === "want") {
          const bytes = left.shift()?.slice();
          client.tell(
            bytes === undefined ? { type: "end" } : { type: "piece", bytes },
          );
        }
        if (told.type === "part") {
          got.push(...told.part.bytes);
          client.tell({ type: "taken" });
        }
        told = await client.next();
      }
      deepStrictEqual(got, pieces.flatMap((bytes) => [...bytes]));
      await client.close();
    }),
    { numRuns: 25 },
  );
});
