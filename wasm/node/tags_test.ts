import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { Pid, Runtime } from "@rusm/otp";
import type { Crier } from "../name_board.ts";
import type { TagTiding, Tiding } from "../wire.ts";
import { NODE_TAGS_MAX } from "./limits.ts";
import { TagBoard } from "./tag_board.ts";
import { TagReplica } from "./tag_replica.ts";

/** A board and the replicas of two schedulers, which hear at once. */
class Setup implements Crier {
  readonly runtime = new Runtime();
  readonly board = new TagBoard(this.runtime, this);
  readonly runtimes = [1, 2].map((scheduler) => new Runtime({ scheduler }));
  readonly replicas: TagReplica[] = this.runtimes.map((runtime, index) =>
    new TagReplica(runtime, index + 1, {
      joined: (tag, pid) => Promise.resolve(this.board.note(tag, pid)),
      left: (tag, pid) => this.board.forget(tag, pid),
    })
  );

  tell(scheduler: number, tiding: Tiding): boolean {
    this.replicas[scheduler - 1]?.heed(tiding as TagTiding);
    return true;
  }

  tellAll(tiding: Tiding): void {
    this.replicas?.forEach((replica) => replica.heed(tiding as TagTiding));
  }

  spawn(scheduler: number): Pid {
    const runtime = scheduler === 0
      ? this.runtime
      : this.runtimes[scheduler - 1]!;
    return runtime.spawn(() => new Promise(() => {})).pid;
  }

  /** The members of a group, as each thread has them. */
  seen(tag: string): string[][] {
    return [this.board, ...this.replicas].map((each) =>
      each.members(tag).map(String).toSorted()
    );
  }
}

Deno.test("TagReplica and TagBoard have the same groups, until their processes end", async () => {
  const setup = new Setup();
  const { board, replicas, runtimes } = setup;
  const [native, one, two] = [0, 1, 2].map((index) => setup.spawn(index));
  ok(board.join("t", native!));
  strictEqual(await replicas[0]!.join("t", one!), true);
  strictEqual(await replicas[1]!.join("t", two!), true);
  strictEqual(replicas[1]!.join("t", two!), true);
  const all = [native, one, two].map(String).toSorted();
  deepStrictEqual(setup.seen("t"), [all, all, all]);
  deepStrictEqual([...board.counts()], [["t", 3]]);
  runtimes[0]!.kill(one!);
  setup.runtime.kill(native!);
  deepStrictEqual(setup.seen("t"), [[`${two}`], [`${two}`], [`${two}`]]);
  strictEqual(replicas[1]!.leave("t", two!), true);
  strictEqual(replicas[1]!.leave("t", two!), false);
  deepStrictEqual(setup.seen("t"), [[], [], []]);
  strictEqual(replicas[0]!.join("t", one!), false);
});

Deno.test("TagBoard tells a new scheduler all groups, and forgets those of one that is gone", async () => {
  const setup = new Setup();
  const { board, replicas } = setup;
  const [native, one, two] = [0, 1, 2].map((index) => setup.spawn(index));
  board.join("t", native!);
  await replicas[0]!.join("t", one!);
  await replicas[1]!.join("u", two!);
  const added = new TagReplica(new Runtime({ scheduler: 3 }), 3, {
    joined: () => Promise.resolve(true),
    left() {},
  });
  added.heed(board.all() as TagTiding);
  deepStrictEqual(added.members("t"), board.members("t"));
  deepStrictEqual(added.members("u").map(String), [`${two}`]);
  board.lost(1);
  added.lost(1);
  for (const each of [board, added]) {
    deepStrictEqual(each.members("t").map(String), [`${native}`]);
    deepStrictEqual(each.members("u").map(String), [`${two}`]);
  }
});

Deno.test("TagBoard notes no more memberships than a node may have", async () => {
  const setup = new Setup();
  const { board, replicas } = setup;
  for (let serial = 0; serial < NODE_TAGS_MAX; serial++) {
    board.note("t", new Pid(0, 9, serial));
  }
  const pid = setup.spawn(1);
  strictEqual(await replicas[0]!.join("u", pid), false);
  deepStrictEqual(setup.seen("u"), [[], [], []]);
  deepStrictEqual(replicas[0]!.tagsOf(pid), []);
  board.lost(9);
  strictEqual(await replicas[0]!.join("u", pid), true);
});
