// Answers by the last segment of the path.
const ANSWERS = {
  text: () => new Response("text"),
  json: () => Response.json({ a: [1, "ü"] }, { status: 201 }),
  bytes: () => new Response(Uint8Array.from({ length: 256 }, (_, n) => n)),
  none: () => new Response(),
  empty: () => new Response(""),
  deleted: () => new Response(null, { status: 204 }),
  cached: () => new Response(null, { status: 304, headers: { etag: '"a"' } }),
  moved: () => Response.redirect("http://a/b", 307),
  teapot: () => new Response("short and stout", { status: 418 }),
  large: () => new Response("x".repeat(1024 * 1024)),
  larger: () => new Response(new Uint8Array(8 * 1024 * 1024).fill(7)),
  headers() {
    const headers = new Headers([
      ["X-Two", "a"],
      ["x-two", "b"],
      ["set-cookie", "a=1; Path=/"],
      ["set-cookie", "b=2"],
      ["x-latin", "caf\xe9 \xff"],
      ["x-tab", "a\tb"],
      ["x-empty", ""],
    ]);
    return new Response("headers", { headers });
  },
  // What belongs to the connection and the framing, all of it wrong.
  framing() {
    const headers = {
      "content-length": "2",
      "transfer-encoding": "chunked",
      "connection": "close, x-other",
      "keep-alive": "timeout=1",
      "proxy-connection": "close",
      "te": "trailers",
      "trailer": "x-other",
      "upgrade": "websocket",
      "x-other": "kept",
    };
    return new Response("framed", { headers });
  },
};

exports.default = (request) => {
  const { pathname } = new URL(request.url);
  return ANSWERS[pathname.slice(1)]();
};
