%% The shapes of bench/otp/ in Erlang, with the same counts.
-module(otp).
-behaviour(supervisor).
-export([main/1, init/1, start_child/1]).

%% Prints the figures of one shape as a line of JSON, and halts.
main([Shape | Counts]) ->
    measure(Shape, [list_to_integer(Count) || Count <- Counts]),
    halt().

measure("pingPong", [Rounds]) ->
    rate("messagesPerSecond", 2 * Rounds, timed(fun() -> ping_pong(Rounds) end));
measure("flood", [Senders, Each]) ->
    rate("messagesPerSecond", Senders * Each, timed(fun() -> flood(Senders, Each) end));
measure("ring", [Size, Laps]) ->
    rate("messagesPerSecond", Size * Laps, fun() -> ring(Size, Laps) end);
measure("selectiveReceive", [Waiting, Count]) ->
    rate("messagesPerSecond", Count, fun() -> selective_receive(Waiting, Count) end);
measure("spawnExit", [Total, Batch]) ->
    rate("processesPerSecond", Total, timed(fun() -> spawn_exit(Total, Batch) end));
measure("restart", [Supervisors, Each]) ->
    logger:set_primary_config(level, none),
    rate("restartsPerSecond", Supervisors * Each, fun() -> restarts(Supervisors, Each) end);
measure("parked", [Count]) ->
    park(Count div 10),
    Before = resident(),
    park(Count),
    print("residentBytes", (resident() - Before) / Count).

%% Twice to warm up, once to measure. Run returns how many nanoseconds its timed part took.
rate(Figure, Count, Run) ->
    Run(),
    Run(),
    print(Figure, Count * 1.0e9 / Run()).

timed(Run) -> fun() -> nanoseconds(Run) end.

nanoseconds(Run) ->
    Start = erlang:monotonic_time(nanosecond),
    Run(),
    erlang:monotonic_time(nanosecond) - Start.

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

ring(Size, Laps) ->
    Self = self(),
    First = spawn(fun() -> receive {next, Next} -> forward(Next, Self) end end),
    Pids = lists:foldl(
        fun(_, [Next | _] = Made) -> [spawn(fun() -> forward(Next, Self) end) | Made] end,
        [First], lists:seq(2, Size)),
    First ! {next, hd(Pids)},
    Elapsed = nanoseconds(fun() ->
        First ! Size * Laps - 1,
        receive done -> ok end
    end),
    [exit(Pid, kill) || Pid <- Pids],
    Elapsed.

forward(Next, Driver) ->
    receive
        0 -> Driver ! done;
        Left -> Next ! Left - 1, forward(Next, Driver)
    end.

selective_receive(Waiting, Count) ->
    Self = self(),
    Sender = spawn(fun() -> answer(Count) end),
    spawn(fun() ->
        [self() ! Index || Index <- lists:seq(1, Waiting)],
        Self ! {elapsed, nanoseconds(fun() -> select(Sender, Count) end)}
    end),
    receive {elapsed, Elapsed} -> Elapsed end.

select(_, 0) -> ok;
select(Sender, Left) ->
    Sender ! self(),
    receive wanted -> ok end,
    select(Sender, Left - 1).

answer(0) -> ok;
answer(Left) ->
    receive Asker -> Asker ! wanted end,
    answer(Left - 1).

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

restarts(Supervisors, Each) ->
    Started = [start_supervisor(Each) || _ <- lists:seq(1, Supervisors)],
    Elapsed = nanoseconds(fun() -> [crash(Child, Each) || {_, Child} <- Started] end),
    [stop_supervisor(Supervisor) || {Supervisor, _} <- Started],
    Elapsed.

start_supervisor(Intensity) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, {self(), Intensity}),
    receive {ready, Child} -> {Supervisor, Child} end.

%% The callback of supervisor.
init({Driver, Intensity}) ->
    Child = #{id => child, start => {?MODULE, start_child, [Driver]}},
    {ok, {#{strategy => one_for_one, intensity => Intensity, period => 5}, [Child]}}.

start_child(Driver) ->
    {ok, spawn_link(fun() ->
        Driver ! {ready, self()},
        receive crash -> error(crash) end
    end)}.

crash(_, 0) -> ok;
crash(Child, Left) ->
    Child ! crash,
    receive {ready, Next} -> crash(Next, Left - 1) end.

stop_supervisor(Supervisor) ->
    unlink(Supervisor),
    Monitor = monitor(process, Supervisor),
    exit(Supervisor, shutdown),
    receive {'DOWN', Monitor, process, Supervisor, _} -> ok end.

%% Returns when all of them wait in their receive, or are about to.
park(Count) ->
    Self = self(),
    [spawn(fun() -> Self ! parked, receive _ -> ok end end) || _ <- lists:seq(1, Count)],
    [receive parked -> ok end || _ <- lists:seq(1, Count)].

%% What the operating system counts as this process's memory, in bytes.
resident() ->
    Kilobytes = string:trim(os:cmd("ps -o rss= -p " ++ os:getpid())),
    1024 * list_to_integer(Kilobytes).
