import { connect, type Context, Process } from "@rusm/wasm/guest";
import type { Card, Task } from "../../shared/board.ts";

const TEXT_LENGTH_MAX = 500;

/** `GET /cards` */
export async function list(): Promise<Response> {
  return Response.json(await store().list());
}

/** `POST /cards` with `{ "text": … }` */
export async function add(request: Request): Promise<Response> {
  const text = await fieldOf(request, "text");
  if (typeof text !== "string" || text === "") {
    return failure(400, 'Send {"text": "…"}');
  }
  const card = await store().add(text.slice(0, TEXT_LENGTH_MAX));
  if (card === null) return failure(409, "The board is full");
  return Response.json(card, { status: 201 });
}

/** `PATCH /cards/:id` with `{ "isDone": … }` */
export async function move(
  request: Request,
  { params }: Context,
): Promise<Response> {
  const isDone = await fieldOf(request, "isDone");
  if (typeof isDone !== "boolean") {
    return failure(400, 'Send {"isDone": true}');
  }
  return found(await store().move(Number(params.id), isDone));
}

/** `DELETE /cards/:id` */
export async function remove(
  _: Request,
  { params }: Context,
): Promise<Response> {
  return found(await store().remove(Number(params.id)));
}

/** `GET /digest`: work for a process of its own. */
export async function digest(): Promise<Response> {
  const cards = await store().list();
  const worker = Process.spawn("digest");
  // If one of the two fails, the other need not go on.
  Process.link(worker);
  const task: Task = { replyTo: `${Process.self()}`, cards };
  Process.send(worker, JSON.stringify(task));
  const headers = { "content-type": "application/json" };
  return new Response(Process.receive(), { headers });
}

// Found anew for each request: a store that was started again has another pid.
function store() {
  return connect<typeof import("../store/index.ts")>("store");
}

async function fieldOf(request: Request, name: string): Promise<unknown> {
  try {
    return (await request.json())?.[name];
  } catch {
    return undefined; // No JSON.
  }
}

function found(card: Card | null): Response {
  return card === null ? failure(404, "No such card") : Response.json(card);
}

function failure(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
