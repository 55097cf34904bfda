import { testDifferent, testSame } from "../testdata/same.ts";

testSame("atob() and btoa()", {
  "go round": () => [btoa("aÿ\0"), atob("Yf8A"), atob(" YQ == "), btoa("")],
  "btoa() refuses what is no byte": () => btoa("é".repeat(2) + "€"),
  "atob() refuses what is no base64": () => atob("a"),
  "atob() refuses other letters": () => atob("a*b="),
});

testSame("queueMicrotask()", {
  "calls back before a timer and after what runs": async () => {
    const seen: string[] = [];
    setTimeout(() => seen.push("timer"), 0);
    queueMicrotask(() => seen.push("microtask"));
    seen.push("now");
    await new Promise((resolve) => setTimeout(resolve, 1));
    return seen;
  },
  "refuses what is no function": () => queueMicrotask(1 as never),
});

testSame("performance", {
  "now() goes up from the origin": () => {
    const first = performance.now();
    return [performance.now() >= first, performance.timeOrigin > 1e12];
  },
});

testSame("crypto", {
  "randomUUID() is of version 4": () =>
    /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
      .test(crypto.randomUUID()),
  "getRandomValues() refuses floats": () =>
    crypto.getRandomValues(new Float32Array(1) as never),
  "is not made by hand": () => new (Crypto as unknown as new () => Crypto)(),
  "is tagged": () => [String(crypto), String(crypto.subtle)],
});

testSame("DOMException", {
  "has its code": () => {
    const error = new DOMException("m", "AbortError");
    return [error.name, error.message, error.code, String(error)];
  },
  "is an Error": () => new DOMException() instanceof Error,
});

testDifferent("navigator", {
  "tells what runs the guest": {
    run: () => navigator.userAgent,
    guest: "RUSM/0.1",
    why: "a guest does not run in Deno",
  },
});
