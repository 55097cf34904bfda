import { testDifferent, testSame } from "../../testdata/same.ts";

testSame("Response", {
  "body refuses shared memory": () =>
    new Response(new SharedArrayBuffer(2) as never),
  "constructor takes nothing": async () => {
    const response = new Response();
    const { status, statusText, ok, type, url, redirected, body, bodyUsed } =
      response;
    return [
      { status, statusText, ok, type, url, redirected, body, bodyUsed },
      await response.text(),
      response.bodyUsed,
    ];
  },
  "constructor takes an init": () => {
    const response = new Response("x", {
      status: 404,
      statusText: "Né",
      headers: { a: "1" },
    });
    return [response.status, response.statusText, response.ok, [
      ...response.headers,
    ]];
  },
  "status refuses 199": () => new Response(null, { status: 199 }),
  "status refuses 600": () => new Response(null, { status: 600 }),
  "status refuses text": () => new Response(null, { status: "x" as never }),
  "status takes a number as text": () =>
    new Response(null, { status: "404" as never }).status,
  "status wraps and truncates": () =>
    new Response(null, { status: 65536 + 200.7 }).status,
  "status 204 refuses a body": () => new Response("", { status: 204 }),
  "status 205 refuses a body": () => new Response("", { status: 205 }),
  "status 304 refuses a body": () => new Response("", { status: 304 }),
  "status 204 takes no body": () => new Response(null, { status: 204 }).status,
  "statusText refuses a line break": () =>
    new Response("", { statusText: "a\nb" }),
  "statusText refuses other text": () => new Response("", { statusText: "€" }),
  "body sets the content type": () =>
    [
      "x",
      new URLSearchParams("a=1"),
      new Uint8Array([1]),
      new ArrayBuffer(1),
      null,
      {},
    ]
      .map((body) =>
        new Response(body as BodyInit).headers.get("content-type")
      ),
  "body can be any object": () => new Response({} as never).text(),
  "body is copied": async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const response = new Response(bytes.subarray(1));
    bytes.fill(9);
    return await response.bytes();
  },
  "text() of malformed bytes": () =>
    new Response(new Uint8Array([0xff])).text(),
  "text() of parameters": () =>
    new Response(new URLSearchParams("a=1&b= ")).text(),
  "json() parses": () => new Response('{"a":[1]}').json(),
  "json() refuses what is no JSON": () => new Response("{").json(),
  "json() refuses nothing": () => new Response().json(),
  "bytes() gives bytes": () => new Response("é").bytes(),
  "arrayBuffer() gives a buffer": () => new Response("é").arrayBuffer(),
  "arrayBuffer() of nothing is empty": () => new Response().arrayBuffer(),
  "reading twice is refused": async () => {
    const response = new Response("x");
    await response.bytes();
    return await response.json();
  },
  "reading nothing twice is not": async () => {
    const response = new Response();
    return [await response.text(), await response.text(), response.bodyUsed];
  },
  "members reject other objects": () =>
    Response.prototype.text.call({} as never),
  "clone() copies status, headers and body": async () => {
    const first = new Response("x", { status: 201, headers: { a: "1" } });
    const second = first.clone();
    return [
      second.status,
      [...second.headers],
      await second.text(),
      await first.text(),
    ];
  },
  "text() drops a byte order mark": () =>
    new Response(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])).text(),
  "clone() refuses a used body": async () => {
    const response = new Response("x");
    await response.text();
    return response.clone();
  },
  "json() of the class": async () => {
    const response = Response.json({ a: 1 }, {
      status: 201,
      headers: { b: "2" },
    });
    return [response.status, [...response.headers], await response.text()];
  },
  "json() of the class keeps a content type": () =>
    Response.json(1, { headers: { "Content-Type": "a/b" } }).headers.get(
      "content-type",
    ),
  "json() of the class refuses undefined": () => Response.json(undefined),
  "json() of the class refuses cycles": () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    return Response.json(cycle);
  },
  "json() of the class refuses 204": () => Response.json(1, { status: 204 }),
  "redirect() gives a location": () => {
    const response = Response.redirect("http://a.test/b c", 303);
    return [response.status, response.headers.get("location"), response.body];
  },
  "redirect() takes 302": () => Response.redirect("http://a.test").status,
  "redirect() refuses other statuses": () =>
    Response.redirect("http://a.test", 200),
  "redirect() refuses a relative URL": () => Response.redirect("/a"),
  "redirect() gives immutable headers": () =>
    Response.redirect("http://a.test").headers.set("a", "1"),
  "error() is no answer": () => {
    const { status, type, ok, body } = Response.error();
    return { status, type, ok, body };
  },
  "error() gives immutable headers": () => Response.error().headers.delete("a"),
  "is tagged": () => String(new Response()),
  "can be subclassed": async () => {
    class Page extends Response {}
    const page = new Page("x", { status: 201 });
    return [page.status, await page.text(), page instanceof Response];
  },
});

testDifferent("Response", {
  "body of text replaces lone surrogates": {
    run: () => new Response("\ud800a").text(),
    guest: "\ufffda",
    why: "as the Fetch Standard says",
  },
  "text() drops a byte order mark of a text": {
    run: () => new Response("\ufeffa").text(),
    guest: "a",
    why: "as the Fetch Standard says",
  },
  "clone() has a body of its own": {
    run: async () => {
      const first = new Response(new Uint8Array([1]));
      const second = first.clone();
      (await first.bytes()).fill(9);
      return (await second.bytes())[0];
    },
    guest: 1,
    why: "as the Fetch Standard says",
  },
  "status refuses 101": {
    run: () =>
      Promise.try(() => new Response(null, { status: 101 })).catch((error) =>
        error.name
      ),
    guest: "RangeError",
    why: "as the Fetch Standard says; a guest does not upgrade a connection",
  },
});
