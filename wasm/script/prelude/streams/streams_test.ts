import { testDifferent, testSame } from "../../testdata/same.ts";

testSame("ReadableStream", {
  "reads what is enqueued": async () => {
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue("a");
        controller.enqueue("b");
        controller.close();
      },
    });
    const reader = stream.getReader();
    return [
      await reader.read(),
      await reader.read(),
      await reader.read(),
      stream.locked,
    ];
  },
  "pulls as much as is wanted": async () => {
    let count = 0;
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(count++),
    }, new CountQueuingStrategy({ highWaterMark: 2 }));
    const reader = stream.getReader();
    await reader.read();
    await reader.read();
    return count;
  },
  "is an async iterable that cancels when it is left": async () => {
    const seen: unknown[] = [];
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(seen.length),
      cancel: (reason) => void seen.push(["cancelled", reason]),
    });
    for await (const chunk of stream) {
      seen.push(chunk);
      if (seen.length === 2) break;
    }
    return [seen, stream.locked];
  },
  "values() can leave it open": async () => {
    const stream = ReadableStream.from(["a", "b"]);
    for await (const _ of stream.values({ preventCancel: true })) break;
    return (await stream.getReader().read()).value;
  },
  "from() takes iterables of both kinds": async () => {
    const all: unknown[] = [];
    async function* some() {
      yield 1;
      yield 2;
    }
    for await (const each of ReadableStream.from(some())) all.push(each);
    for await (const each of ReadableStream.from([3])) all.push(each);
    return all;
  },
  "from() refuses what is no iterable": () => ReadableStream.from(1 as never),
  "tee() gives both the same": async () => {
    const [one, other] = ReadableStream.from([1, 2]).tee();
    return [await Array.fromAsync(one), await Array.fromAsync(other)];
  },
  "getReader() of a locked stream": () => {
    const stream = new ReadableStream();
    stream.getReader();
    return stream.getReader();
  },
  "cancel() of a locked stream": async () => {
    const stream = new ReadableStream();
    stream.getReader();
    await stream.cancel();
  },
  "an error reaches who reads": async () => {
    const stream = new ReadableStream({
      start: (controller) => controller.error(new RangeError("x")),
    });
    await stream.getReader().read();
  },
  "a byte stream fills the reader's buffer": async () => {
    const stream = new ReadableStream({
      type: "bytes",
      pull(controller) {
        const { byobRequest } = controller as ReadableByteStreamController;
        const view = byobRequest?.view as Uint8Array;
        view[0] = 7;
        byobRequest?.respond(1);
      },
    });
    const reader = stream.getReader({ mode: "byob" });
    const { value, done } = await reader.read(new Uint8Array(4));
    return [value, done, value?.buffer.byteLength];
  },
  "a byte stream refuses empty chunks": () =>
    new ReadableStream({
      type: "bytes",
      start: (controller) => controller.enqueue(new Uint8Array()),
    }),
  "refuses an unknown type": () => new ReadableStream({ type: "x" as never }),
  "refuses a strategy with a negative mark": () =>
    new ReadableStream({}, { highWaterMark: -1 }),
  "is tagged": () => [
    String(new ReadableStream()),
    String(new WritableStream()),
    String(new TransformStream()),
    ReadableStream.name,
  ],
  "releaseLock() rejects what waits": async () => {
    const reader = new ReadableStream().getReader();
    const read = reader.read();
    reader.releaseLock();
    await read;
  },
});

testSame("WritableStream", {
  "writes in order, then closes": async () => {
    const seen: unknown[] = [];
    const stream = new WritableStream({
      write: (chunk) => void seen.push(chunk),
      close: () => void seen.push("closed"),
    });
    const writer = stream.getWriter();
    writer.write(1);
    writer.write(2);
    await writer.close();
    return seen;
  },
  "tells how much it wants": async () => {
    const stream = new WritableStream({}, { highWaterMark: 3, size: () => 2 });
    const writer = stream.getWriter();
    const before = writer.desiredSize;
    writer.write("x");
    const after = writer.desiredSize;
    await writer.ready;
    return [before, after, writer.desiredSize];
  },
  "abort() tells the sink why": async () => {
    const seen: unknown[] = [];
    const stream = new WritableStream({ abort: (why) => void seen.push(why) });
    await stream.abort("enough");
    return [seen, await stream.getWriter().closed.catch((why) => why)];
  },
  "an error of the sink reaches who writes": async () => {
    const writer = new WritableStream({
      write() {
        throw new RangeError("full");
      },
    }).getWriter();
    await writer.write(1);
  },
  "the controller's signal aborts": async () => {
    let signal: AbortSignal | undefined;
    const stream = new WritableStream({
      start: (controller) => void (signal = controller.signal),
    });
    await stream.abort("why");
    return [signal?.aborted, signal?.reason];
  },
});

testSame("TransformStream", {
  "transforms and flushes": async () => {
    const stream = ReadableStream.from([1, 2]).pipeThrough(
      new TransformStream<number, number>({
        transform: (chunk, controller) => controller.enqueue(chunk * 2),
        flush: (controller) => controller.enqueue(0),
      }),
    );
    return await Array.fromAsync(stream);
  },
  "terminate() ends both": async () => {
    const { readable, writable } = new TransformStream({
      transform: (_, controller) => controller.terminate(),
    });
    const writing = writable.getWriter().write(1).then(
      () => "ok",
      (e) => e.name,
    );
    return [await Array.fromAsync(readable), await writing];
  },
  "pipeTo() hands the end on": async () => {
    const seen: unknown[] = [];
    await ReadableStream.from([1, 2]).pipeTo(
      new WritableStream({
        write: (chunk) => void seen.push(chunk),
        close: () => void seen.push("closed"),
      }),
    );
    return seen;
  },
  "pipeTo() ends when its signal aborts": async () => {
    const controller = new AbortController();
    const piping = new ReadableStream().pipeTo(new WritableStream(), {
      signal: controller.signal,
    });
    controller.abort("why");
    return await piping.catch((why) => why);
  },
  "pipeTo() keeps what it is told to keep": async () => {
    const sink = new WritableStream();
    await ReadableStream.from([1]).pipeTo(sink, { preventClose: true });
    return [sink.locked, await sink.getWriter().ready];
  },
});

testSame("TextDecoderStream", {
  "decodes over chunks": async () => {
    const chunks = [[0xe2], [0x82], [0xac, 0x78]];
    const stream = ReadableStream.from(
      chunks.map((chunk) => new Uint8Array(chunk)),
    ).pipeThrough(new TextDecoderStream());
    return (await Array.fromAsync(stream)).join("");
  },
  "decodes other encodings": async () => {
    const chunks = [[0x78, 0x00, 0x3d], [0xd8, 0x00], [0xde]];
    const stream = ReadableStream.from(
      chunks.map((chunk) => new Uint8Array(chunk)),
    ).pipeThrough(new TextDecoderStream("utf-16le"));
    return (await Array.fromAsync(stream)).join("");
  },
  "is fatal when it is told to be": async () => {
    const stream = ReadableStream.from([new Uint8Array([0xff])])
      .pipeThrough(new TextDecoderStream("utf-8", { fatal: true }));
    await Array.fromAsync(stream);
  },
  "refuses an unknown label": () => new TextDecoderStream("nope"),
  "tells of itself": () => {
    const stream = new TextDecoderStream("latin1", { ignoreBOM: true });
    return [stream.encoding, stream.fatal, stream.ignoreBOM, String(stream)];
  },
});

testSame("TextEncoderStream", {
  "joins pairs over chunks": async () => {
    const stream = ReadableStream.from(["a\ud83d", "\ude00", "\ud83d"])
      .pipeThrough(new TextEncoderStream());
    return (await Array.fromAsync(stream)).flatMap((chunk) => [...chunk]);
  },
  "tells of itself": () => {
    const stream = new TextEncoderStream();
    return [stream.encoding, String(stream.readable), String(stream)];
  },
});

const BODIES = {
  "body of a response is a stream of its bytes": async () => {
    const response = new Response("héllo");
    const { body } = response;
    const chunks = await Array.fromAsync(body!);
    return [
      chunks.flatMap((chunk) => [...chunk]),
      response.bodyUsed,
      body === response.body,
      await response.text().catch((error) => error.name),
    ];
  },
  "body of none is null": () => [
    new Response().body,
    new Request("http://a.test").body,
  ],
  "a stream is a body": async () => {
    const stream = ReadableStream.from([
      new Uint8Array([104]),
      new Uint8Array([105]),
    ]);
    const response = new Response(stream);
    return [response.headers.get("content-type"), await response.text()];
  },
  "a stream of anything but bytes is none": async () =>
    await new Response(ReadableStream.from(["x"]) as never).text(),
  "a locked stream is no body": () => {
    const stream = new ReadableStream();
    stream.getReader();
    return new Response(stream);
  },
  "text() of a body that is being read": async () => {
    const response = new Response("x");
    response.body!.getReader();
    return [response.bodyUsed, await response.text().catch((e) => e.name)];
  },
  "clone() of a stream tees it": async () => {
    const stream = ReadableStream.from([
      new Uint8Array([97]),
      new Uint8Array([98]),
    ]);
    const response = new Response(stream);
    const other = response.clone();
    return [await response.text(), await other.text()];
  },
  "clone() of a body that is being read": () => {
    const response = new Response("x");
    response.body!.getReader();
    return response.clone();
  },
  "cancelled body is used": async () => {
    const response = new Response("x");
    await response.body!.cancel();
    return response.bodyUsed;
  },
  "a request takes the body of a request": async () => {
    const first = new Request("http://a.test", { method: "POST", body: "x" });
    const { body } = first;
    const second = new Request(first);
    return [first.bodyUsed, body!.locked, await second.text()];
  },
  "pipes through": async () => {
    const body = new Response("abc").body!.pipeThrough(new TextDecoderStream());
    return (await Array.fromAsync(body)).join("");
  },
  "null stays null for a stream": async () => {
    const response = new Response(null, { status: 204 });
    return [response.body, await response.text(), response.bodyUsed];
  },
  "body after text() is closed and used": async () => {
    const response = new Response("x");
    await response.text();
    return [response.bodyUsed, String(response.body)];
  },
};
testSame("Response", BODIES);

testDifferent("ReadableStream", {
  "tells of a message port": {
    run: () => "MessagePort" in globalThis,
    guest: false,
    why: "streams are not transferred: there is nobody to transfer them to",
  },
});
