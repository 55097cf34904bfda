%% The shapes of bench/otp.ts in Erlang, with the same counts.
-module(otp).
-export([main/1]).

%% Prints the figures of one shape as a line of JSON, and halts.
main([Shape | Counts]) ->
    measure(Shape, [list_to_integer(Count) || Count <- Counts]),
    halt().

measure("pingPong", [Rounds]) ->
    rate("messagesPerSecond", 2 * Rounds, fun() -> ping_pong(Rounds) end);
measure("flood", [Senders, Each]) ->
    rate("messagesPerSecond", Senders * Each, fun() -> flood(Senders, Each) end);
measure("spawnExit", [Total, Batch]) ->
    rate("processesPerSecond", Total, fun() -> spawn_exit(Total, Batch) end);
measure("parked", [Count]) ->
    park(Count div 10),
    Before = resident(),
    park(Count),
    print("residentBytes", (resident() - Before) / Count).

%% Twice to warm up, once to measure.
rate(Figure, Count, Run) ->
    Run(),
    Run(),
    Start = erlang:monotonic_time(nanosecond),
    Run(),
    Nanoseconds = erlang:monotonic_time(nanosecond) - Start,
    print(Figure, Count * 1.0e9 / Nanoseconds).

print(Figure, Value) ->
    io:format("{\"~s\":~w}~n", [Figure, Value]).

ping_pong(Rounds) ->
    Self = self(),
    Pong = spawn(fun() -> pong(Rounds) end),
    spawn(fun() -> ping(Pong, Rounds), Self ! done end),
    receive done -> ok end.

ping(_, 0) -> ok;
ping(Pong, Rounds) ->
    Pong ! self(),
    receive pong -> ok end,
    ping(Pong, Rounds - 1).

pong(0) -> ok;
pong(Rounds) ->
    receive Ping -> Ping ! pong end,
    pong(Rounds - 1).

flood(Senders, Each) ->
    Self = self(),
    Receiver = spawn(fun() -> take(Senders * Each), Self ! done end),
    [spawn(fun() -> send(Receiver, Each) end) || _ <- lists:seq(1, Senders)],
    receive done -> ok end.

send(_, 0) -> ok;
send(Receiver, Left) ->
    Receiver ! Left,
    send(Receiver, Left - 1).

take(0) -> ok;
take(Left) ->
    receive _ -> ok end,
    take(Left - 1).

spawn_exit(0, _) -> ok;
spawn_exit(Left, Batch) ->
    Before = erlang:system_info(process_count),
    spawn_batch(Batch),
    await_exits(Before),
    spawn_exit(Left - Batch, Batch).

spawn_batch(0) -> ok;
spawn_batch(Left) ->
    spawn(fun() -> ok end),
    spawn_batch(Left - 1).

await_exits(Before) ->
    case erlang:system_info(process_count) =< Before of
        true -> ok;
        false -> erlang:yield(), await_exits(Before)
    end.

%% Returns when all of them wait in their receive, or are about to.
park(Count) ->
    Self = self(),
    [spawn(fun() -> Self ! parked, receive _ -> ok end end) || _ <- lists:seq(1, Count)],
    [receive parked -> ok end || _ <- lists:seq(1, Count)].

%% What the operating system counts as this process's memory, in bytes.
resident() ->
    Kilobytes = string:trim(os:cmd("ps -o rss= -p " ++ os:getpid())),
    1024 * list_to_integer(Kilobytes).
