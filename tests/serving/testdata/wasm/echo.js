// Answers with what arrived: as JSON, or under /body the bytes alone.
exports.default = async (request, { params, action }) => {
  if (request.url.endsWith("/body")) return new Response(await request.bytes());
  return Response.json({
    method: request.method,
    url: request.url,
    headers: [...request.headers],
    params,
    action,
    text: await request.text(),
  });
};
