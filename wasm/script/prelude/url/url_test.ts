import { testSame } from "../../testdata/same.ts";

testSame("URL", {
  "constructor gives all parts": () => {
    const url = new URL("http://u:p@Example.test:81/a b/../c?d=ü#é");
    return [
      url.href,
      url.origin,
      url.protocol,
      url.username,
      url.password,
      url.host,
      url.hostname,
      url.port,
      url.pathname,
      url.search,
      url.hash,
    ];
  },
  "constructor resolves against a base": () =>
    new URL("../x?y", "http://a.test/b/c/d").href,
  "constructor takes a URL as base": () =>
    new URL("x", new URL("http://a.test/b/c")).href,
  "constructor takes a URL": () => new URL(new URL("http://a.test")).href,
  "constructor replaces lone surrogates": () =>
    new URL("http://a.test/\ud800").href,
  "constructor refuses what is none": () => new URL("nope"),
  "constructor refuses a bad base": () => new URL("/a", "nope"),
  "constructor refuses undefined": () => new URL(undefined as never),
  "constructor takes opaque schemes": () => {
    const { origin, pathname } = new URL("data:text/plain,hi");
    return [origin, pathname];
  },
  "constructor encodes a host": () => new URL("http://müller.test").hostname,
  "canParse() tells": () => [
    URL.canParse("http://a.test"),
    URL.canParse("/a"),
    URL.canParse("/a", "http://b.test"),
    URL.canParse("/a", "b"),
  ],
  "parse() gives a URL or null": () => [
    URL.parse("http://a.test")?.href,
    URL.parse("/a"),
  ],
  "setters change the whole": () => {
    const url = new URL("http://a.test/x");
    url.protocol = "https";
    url.username = "me@";
    url.password = "p w";
    url.hostname = "b.test";
    url.port = "8443";
    url.pathname = "/ä";
    url.search = "q=1";
    url.hash = "h";
    return url.href;
  },
  "setters ignore what they cannot take": () => {
    const url = new URL("http://a.test/x");
    url.port = "no";
    url.protocol = "mailto";
    url.host = "";
    return url.href;
  },
  "origin cannot be set": () => {
    "use strict";
    (new URL("http://a.test") as { origin: string }).origin = "x";
  },
  "href is replaced whole": () => {
    const url = new URL("http://a.test/?x=1");
    const params = url.searchParams;
    url.href = "http://b.test/?y=2";
    return [url.host, params.get("y"), params.get("x")];
  },
  "href refuses what is none": () => {
    new URL("http://a.test").href = "nope";
  },
  "a refused href changes nothing": () => {
    const url = new URL("http://a.test");
    return Promise.try(() => url.href = "nope").catch(() => url.href);
  },
  "searchParams is always the same": () => {
    const url = new URL("http://a.test/?a=1");
    const first = url.searchParams;
    return url.searchParams === first;
  },
  "searchParams changes the URL": () => {
    const url = new URL("http://a.test/?a=1#h");
    url.searchParams.append("b", "ü &");
    url.searchParams.set("a", "2");
    const before = url.href;
    url.searchParams.delete("a");
    url.searchParams.delete("b");
    return [before, url.href, url.search];
  },
  "searchParams sorts the URL": () => {
    const url = new URL("http://a.test/?b=1&a=2");
    url.searchParams.sort();
    return url.search;
  },
  "search changes searchParams": () => {
    const url = new URL("http://a.test/?a=1");
    const params = url.searchParams;
    url.search = "?b=2";
    const first = params.toString();
    url.search = "";
    return [first, params.toString(), url.href];
  },
  "toString() and toJSON() give href": () => {
    const url = new URL("http://a.test/b");
    return [String(url), JSON.stringify({ url })];
  },
  "is tagged": () => Object.prototype.toString.call(new URL("http://a.test/")),
});
