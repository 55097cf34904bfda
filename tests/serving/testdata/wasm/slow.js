// Answers after as many milliseconds as the path says.
exports.default = async (request) => {
  console.log("asleep");
  const { pathname } = new URL(request.url);
  await new Promise((resolve) => setTimeout(resolve, pathname.slice(1)));
  return new Response("slow");
};
