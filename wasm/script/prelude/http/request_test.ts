import { testDifferent, testSame } from "../../testdata/same.ts";

testSame("Request", {
  "constructor takes a URL": () => {
    const { method, url, redirect, bodyUsed, body } = new Request(
      "http://a.test/b#c",
    );
    return { method, url, redirect, bodyUsed, body };
  },
  "constructor takes a URL object": () =>
    new Request(new URL("http://a.test")).url,
  "constructor refuses a relative URL": () => new Request("/a"),
  "constructor takes a request": () => {
    const first = new Request("http://a.test", {
      method: "PUT",
      headers: { a: "1" },
      redirect: "manual",
    });
    const { method, url, headers, redirect } = new Request(first);
    return [method, url, [...headers], redirect];
  },
  "constructor takes over the body of a request": async () => {
    const first = new Request("http://a.test", { method: "POST", body: "x" });
    const second = new Request(first);
    return [first.bodyUsed, second.bodyUsed, await second.text()];
  },
  "constructor refuses a request whose body was used": async () => {
    const first = new Request("http://a.test", { method: "POST", body: "x" });
    await first.text();
    return new Request(first);
  },
  "constructor leaves the body of a request when it is given another":
    async () => {
      const first = new Request("http://a.test", { method: "POST", body: "x" });
      const second = new Request(first, { body: "y" });
      return [first.bodyUsed, await second.text(), await first.text()];
    },
  "constructor replaces the headers of a request": () => {
    const first = new Request("http://a.test", { headers: { a: "1" } });
    return [...new Request(first, { headers: { b: "2" } }).headers];
  },
  "constructor copies headers": () => {
    const headers = new Headers({ a: "1" });
    const request = new Request("http://a.test", { headers });
    request.headers.set("a", "2");
    return [headers.get("a"), request.headers.get("a")];
  },
  "method is upper case only for the usual ones": () =>
    ["get", "pOst", "delete", "options", "head", "put", "patch", "Foo"]
      .map((method) => new Request("http://a.test", { method }).method),
  "method refuses what is no token": () =>
    new Request("http://a.test", { method: "A B" }),
  "method refuses CONNECT": () =>
    new Request("http://a.test", { method: "connect" }),
  "method refuses TRACE": () =>
    new Request("http://a.test", { method: "TRACE" }),
  "method refuses TRACK": () =>
    new Request("http://a.test", { method: "track" }),
  "GET refuses a body": () => new Request("http://a.test", { body: "x" }),
  "HEAD refuses a body": () =>
    new Request("http://a.test", { method: "HEAD", body: "" }),
  "GET takes a null body": () =>
    new Request("http://a.test", { body: null }).body,
  "redirect refuses other words": () =>
    new Request("http://a.test", { redirect: "maybe" as never }),
  "signal refuses other objects": () =>
    new Request("http://a.test", { signal: {} as never }),
  "signal is never aborted by itself": () => {
    const { signal } = new Request("http://a.test");
    return [signal.aborted, signal instanceof AbortSignal];
  },
  "signal follows the one it is given": () => {
    const controller = new AbortController();
    const request = new Request("http://a.test", { signal: controller.signal });
    const before = request.signal.aborted;
    controller.abort("why");
    return [
      before,
      request.signal.aborted,
      request.signal.reason,
      request.signal === controller.signal,
    ];
  },
  "signal of a copy follows the first": () => {
    const controller = new AbortController();
    const first = new Request("http://a.test", { signal: controller.signal });
    const copies = [
      new Request(first),
      first.clone(),
      new Request(first, { signal: null }),
    ];
    controller.abort();
    return copies.map((copy) => copy.signal.aborted);
  },
  "body sets the content type": () => {
    const bodies = [
      "x",
      new URLSearchParams("a=1"),
      new Uint8Array([1]),
      new ArrayBuffer(1),
      null,
    ];
    return bodies.map((body) =>
      new Request("http://a.test", { method: "POST", body }).headers.get(
        "content-type",
      )
    );
  },
  "body keeps the content type that is given": () =>
    new Request("http://a.test", {
      method: "POST",
      body: "x",
      headers: { "Content-Type": "a/b" },
    })
      .headers.get("content-type"),
  "text() reads once": async () => {
    const request = new Request("http://a.test", { method: "POST", body: "ü" });
    const before = request.bodyUsed;
    const text = await request.text();
    const again = await request.text().catch((error) => error.name);
    return [before, text, request.bodyUsed, again];
  },
  "clone() has a body of its own": async () => {
    const first = new Request("http://a.test", {
      method: "POST",
      body: "x",
      headers: { a: "1" },
    });
    const second = first.clone();
    return [
      await first.text(),
      await second.text(),
      second.headers.get("a"),
      second.method,
    ];
  },
  "clone() refuses a used body": async () => {
    const request = new Request("http://a.test", { method: "POST", body: "x" });
    await request.text();
    return request.clone();
  },
  "is tagged": () => String(new Request("http://a.test")),
  "members refuse other objects": () =>
    Object.getOwnPropertyDescriptor(Request.prototype, "url")?.get?.call({}),
});

testDifferent("Request", {
  "constructor refuses credentials": {
    run: () =>
      Promise.try(() => new Request("http://u:p@a.test")).catch((error) =>
        error.name
      ),
    guest: "TypeError",
    why: "as the Fetch Standard says",
  },
});
