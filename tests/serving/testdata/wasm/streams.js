// Answers with streams, or reads its request as one, by the last segment of the path.
const PIECE = new Uint8Array(64 * 1024).fill(120);

const encode = (text) => new TextEncoder().encode(text);

/** So many pieces, and a line in the log about how many were made, when it is cancelled. */
function pieces(count) {
  let made = 0;
  return new ReadableStream({
    pull(controller) {
      if (made === count) return controller.close();
      made++;
      controller.enqueue(PIECE);
    },
    cancel: () => console.log(`cancelled after ${made}`),
  });
}

/** Three texts, and then what `then` does. */
function texts(then) {
  let made = 0;
  return new ReadableStream({
    pull(controller) {
      if (made === 3) return then(controller);
      controller.enqueue(encode(`text ${made++}`));
    },
  });
}

const ANSWERS = {
  echo: ({ body }) => new Response(body),
  whole: () => new Response(new Uint8Array(1024 * 1024)),
  large: () => new Response(pieces(1_600)),
  endless: () => new Response(pieces(Infinity)),
  told: () =>
    new Response(pieces(2), { headers: { "content-length": "131072" } }),
  crashing: () =>
    new Response(texts(() => {
      throw new RangeError("midway");
    })),
  spinning: () =>
    new Response(texts(() => {
      for (;;);
    })),
  deleted: () => new Response(pieces(1), { status: 204 }),
  cached: () => new Response(pieces(1), { status: 304 }),
  async sum({ body }) {
    let sum = 0;
    for await (const { length } of body) sum += length;
    return new Response(String(sum));
  },
  async text(request) {
    return new Response(String((await request.text()).length));
  },
  async form(request) {
    const form = await request.formData();
    return new Response(`${form.get("a")} ${form.get("file").size}`);
  },
  async deaf({ body }) {
    await body.getReader().read();
    console.log("reads no more");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  events({ signal }) {
    let count = 0;
    signal.addEventListener("abort", () => console.log("aborted"));
    const events = new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        controller.enqueue(encode(`data: ${count++}\n\n`));
      },
    });
    return new Response(events, {
      headers: { "content-type": "text/event-stream" },
    });
  },
};

exports.default = (request) => {
  const path = new URL(request.url).pathname;
  return ANSWERS[path.slice(path.lastIndexOf("/") + 1)](request);
};

exports.upload = async (request, { params }) =>
  new Response(`${params.name} ${await (await ANSWERS.sum(request)).text()}`);
