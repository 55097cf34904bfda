// Answers requests where others say who may make them.
exports.default = { fetch: () => new Response("wrong") };
