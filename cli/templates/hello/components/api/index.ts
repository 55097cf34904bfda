// Each request is answered by an instance of its own, so this never passes 1,
// whoever asks and how often.
let requestsSeen = 0;

export default function handle(request: Request): Response {
  requestsSeen += 1;
  const { pathname } = new URL(request.url);
  return new Response(
    `Hello from ${pathname}\n` +
      `Requests this instance has seen: ${requestsSeen}\n`,
  );
}
