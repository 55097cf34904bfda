// A program that restarts itself, then does what its first argument says.
import { exitCodeOf } from "../stop.ts";
import { processIo } from "../process_io.ts";

const io = processIo();
const [task, directory = io.cwd] = Deno.args;
if (io.restart !== undefined) {
  Deno.exit(await io.restart(Deno.args, directory));
}

switch (task) {
  case "describe": {
    const marks = Object.keys(Deno.env.toObject())
      .filter((name) => name.startsWith("RUSM_"));
    const hasBundler = typeof Deno.bundle === "function";
    const works = Deno.cwd();
    console.log(JSON.stringify({ cwd: io.cwd, works, marks, hasBundler }));
    break;
  }
  case "exit":
    Deno.exit(7);
    break;
  case "stop": {
    const requests = io.listenForStop();
    console.log(JSON.stringify({ pid: Deno.pid }));
    console.log(await requests.next());
    Deno.exit(exitCodeOf(await requests.next()));
    break;
  }
  case "wait":
    // As a server would, it keeps the process alive.
    setInterval(() => {}, 1000);
    console.log(JSON.stringify({ pid: Deno.pid }));
    break;
}
