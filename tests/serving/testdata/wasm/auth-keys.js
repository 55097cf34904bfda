// Does what the key of the client says.
const { authentication } = require("@rusm/wasm/guest");
const CLAIMS = { tenant: "claim-of-acme" };
const keyed = {
  good: () => ({ allow: CLAIMS }),
  later: () => Promise.resolve({ allow: CLAIMS }),
  number: () => ({ allow: { tenant: 7 } }),
  deny: () => ({ deny: {} }),
  throw() {
    throw new Error("no such key");
  },
  boom() {
    Process.exit("boom");
  },
  hang: () => new Promise(() => {}),
  path: ({ method, path, query }) =>
    `${method} ${path}?${query}` === "GET /a%20b?c=%20" && { allow: {} },
};
exports.default = authentication((request) => {
  console.log(`asked ${request.path}`);
  const [, key] = /^Bearer (\w+)$/.exec(request.header("authorization")) ?? [];
  return keyed[key]?.(request);
});
