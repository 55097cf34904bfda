%% Carries scenarios out on Erlang, and prints what was observed.
%%
%% main/2 reads a file with one scenario a line, as JSON (scenario.ts says what it
%% means), and writes a file with one trace a line (trace.ts). interpreter.ts is
%% its twin, part by part.
%%
%% Run it on one scheduler (+S 1). After each command the driver asks all
%% processes for their status, round after round, until all wait and nothing has
%% happened: a process answers behind all signals that it was sent before.

-module(scenario).
-export([main/2, init/1, start_child/5]).

%% How long the timeout that comes, and the time to shut down, take.
-define(SHORT_MS, 1).
-define(LONG_MS, 60000).
-define(SHUTDOWN_MS, 20).
-define(PERIOD_S, 3600).

-record(state, {
    recorder,
    %% By number.
    processes = #{}, monitors = #{}, aliases = #{}, supervisors = #{},
    %% By pid and reference.
    numbers = #{},
    %% Those of supervisors and children; the reasons of those that ended; those
    %% that wait in a receive.
    supervised = #{}, ended = #{}, parked = #{},
    dynamic = #{}, nested = #{},
    %% Whom the command told something that must be done before it is over.
    awaited = none
}).

main(In, Out) ->
    logger:set_primary_config(level, none),
    {ok, Lines} = file:read_file(In),
    Traces = [[carry_out(Line), $\n] ||
        Line <- binary:split(Lines, <<"\n">>, [global, trim_all])],
    ok = file:write_file(Out, Traces),
    halt(0).

carry_out(Line) ->
    {Scenario, _} = decode(Line),
    Parent = self(),
    {Driver, Ref} = spawn_monitor(fun() -> Parent ! {trace, drive(Scenario)} end),
    receive
        {trace, Trace} -> demonitor(Ref, [flush]), encode(Trace);
        {'DOWN', Ref, process, Driver, Reason} ->
            exit({Reason, Line})
    end.

%% The driver.

drive(#{processes := Count, commands := Commands}) ->
    process_flag(trap_exit, true),
    Driver = self(),
    Recorder = spawn_link(fun() -> recorder(Driver, []) end),
    State = lists:foldl(fun(_, State) ->
        Pid = spawn(fun() -> process(Recorder, none) end),
        Recorder ! {watch, Pid},
        element(2, number(Pid, State))
    end, #state{recorder = Recorder}, lists:seq(1, Count)),
    %% All must be watched before the first of them ends.
    {[], Begun} = settle(State),
    {Trace, Last} = lists:mapfoldl(fun step/2, Begun, Commands),
    {Flushed, End} = flush_all(Last),
    clean_up(End),
    Alive = [maps:get(Pid, End#state.numbers) || Pid <- living(End)],
    Trace ++ [Flushed ++ [[alive | Alive]]].

step(Command, State) ->
    {Events, Told} = command(Command, State),
    {Noted, Settled} = settle(Told),
    mark(Settled),
    {Events ++ Noted, Settled}.

%% What arrives from now on is of another step.
mark(State) ->
    [Pid ! step || Pid <- ordinary(State)],
    ok.

flush_all(State) ->
    lists:foldl(fun(Pid, {Events, Before}) ->
        Pid ! {do, flush},
        {Noted, After} = settle(Before#state{awaited = Pid}),
        {Events ++ Noted, After}
    end, {[], State}, ready(State)).

%% Supervisors first, which would start children again.
clean_up(#state{recorder = Recorder} = State) ->
    [catch unregister(Name) || Name <- [n0, n1]],
    {Supervisors, Others} = lists:partition(
        fun(Pid) -> is_supervisor(Pid, State) end, living(State)),
    [exit(Pid, kill) || Pid <- Supervisors ++ Others],
    unlink(Recorder),
    exit(Recorder, kill).

living(#state{processes = Processes, ended = Ended}) ->
    [Pid || {_, Pid} <- lists:sort(maps:to_list(Processes)),
        not is_map_key(Pid, Ended)].

ordinary(State) -> [Pid || Pid <- living(State), not is_supervisor(Pid, State)].

ready(#state{parked = Parked} = State) ->
    [Pid || Pid <- ordinary(State), not is_map_key(Pid, Parked)].

is_supervisor(Pid, #state{supervisors = Supervisors}) ->
    lists:member(Pid, maps:values(Supervisors)).

number(Pid, #state{processes = Processes, numbers = Numbers} = State) ->
    Number = map_size(Processes),
    {Number, State#state{
        processes = Processes#{Number => Pid}, numbers = Numbers#{Pid => Number}}}.

%% Commands. Each answers the events that the driver knows of at once.

command(#{type := register, name := Name, process := Process}, State) ->
    {result(try_badarg(fun() -> register(Name, pid(Process, State)) end)), State};
command(#{type := unregister, name := Name}, State) ->
    {result(try_badarg(fun() -> unregister(Name) end)), State};
command(#{type := whereis, name := Name}, #state{numbers = Numbers} = State) ->
    case whereis(Name) of
        undefined -> {result(none), State};
        Pid -> {result(maps:get(Pid, Numbers)), State}
    end;
command(#{type := kill, process := Process}, State) ->
    case nth(Process, ordinary(State)) of
        none -> {result(nobody), State};
        Pid -> exit(Pid, kill), {[], State}
    end;
command(#{type := supervise, plan := Plan}, State) ->
    #{strategy := Strategy, intensity := Intensity, autoShutdown := Auto,
        children := Children} = Plan,
    Flags = #{strategy => underscored(Strategy), intensity => Intensity,
        period => ?PERIOD_S, auto_shutdown => underscored(Auto)},
    start_supervisor(Flags, Children, State);
command(#{type := superviseDynamic, plan := Plan}, State) ->
    #{intensity := Intensity, child := Child} = Plan,
    Flags = #{strategy => simple_one_for_one, intensity => Intensity,
        period => ?PERIOD_S},
    start_supervisor(Flags, [Child#{id := dynamic}], State);
command(#{supervisor := Index} = Command, State) ->
    Supervisor = pick(Index, State#state.supervisors),
    Fits = Supervisor =/= none andalso
        fits(Command, Supervisor, State),
    if
        Fits -> supervise(Command, Supervisor, State);
        true -> {result(none), State}
    end;
command(#{by := By} = Command, State) ->
    case nth(By, ready(State)) of
        none -> {result(nobody), State};
        Pid ->
            case is_refused(Command, Pid, State) of
                true -> {result(refused), State};
                false -> tell(Pid, deed(Command, Pid, State), State)
            end
    end.

try_badarg(Fun) ->
    try Fun() catch error:badarg -> false end.

result(Word) -> [[result, Word]].

%% Indices are taken modulo what there is.
pick(_, Map) when map_size(Map) =:= 0 -> none;
pick(Index, Map) -> maps:get(Index rem map_size(Map), Map).

nth(_, []) -> none;
nth(Index, List) -> lists:nth(Index rem length(List) + 1, List).

pid(Index, #state{processes = Processes}) -> pick(Index, Processes).

%% Deeds.

%% Two children that end at once, by links of others, are restarted in any
%% order, so supervisors and their children have no links but with each other.
is_refused(#{type := link, to := To}, Pid, State) ->
    is_supervised(Pid, State) orelse is_supervised(pid(To, State), State);
is_refused(#{type := spawn, how := link}, Pid, State) -> is_supervised(Pid, State);
is_refused(_, _, _) -> false.

is_supervised(Pid, #state{supervised = Supervised}) -> is_map_key(Pid, Supervised).

%% What a process is told, without numbers.
deed(#{type := Type, to := To}, _, State)
    when Type =:= link; Type =:= unlink; Type =:= monitor ->
    {Type, pid(To, State)};
deed(#{type := spawn, how := How}, _, _) -> {spawn, How};
deed(#{type := demonitor, monitor := Index, flush := Flush}, Pid, State) ->
    {demonitor, own_monitor(Index, Pid, State), Flush};
deed(#{type := trap, on := On}, _, _) -> {trap, On};
deed(#{type := exit, to := To, reason := Reason}, _, State) ->
    {exit, pid(To, State), Reason};
deed(#{type := 'end', how := How, reason := Reason, sends := Sends}, _, State) ->
    {'end', How, Reason, [{pid(To, State), Tag} || #{to := To, tag := Tag} <- Sends]};
deed(#{type := send, to := To, tag := Tag}, _, State) ->
    {send, pid(To, State), Tag};
deed(#{type := sendName, name := Name, tag := Tag}, _, _) -> {send, Name, Tag};
deed(#{type := sendAlias, alias := Alias, tag := Tag}, _, State) ->
    {send, pick(Alias, State#state.aliases), Tag};
deed(#{type := 'receive', pattern := Pattern, wait := Wait}, Pid, State) ->
    {'receive', pattern(Pattern, Pid, State), Wait};
deed(#{type := flush}, _, _) -> flush;
deed(#{type := alias, once := Once}, _, _) -> {alias, Once};
deed(#{type := unalias, alias := Alias}, _, State) ->
    {unalias, pick(Alias, State#state.aliases)}.

own_monitor(Index, Pid, #state{monitors = Monitors}) ->
    Own = [Ref || {_, {Ref, Owner}} <- lists:sort(maps:to_list(Monitors)),
        Owner =:= Pid],
    nth(Index, Own).

pattern(#{type := tag, tag := Tag}, _, _) -> {tag, Tag};
pattern(#{type := anyTag}, _, _) -> anyTag;
pattern(#{type := down, monitor := Index}, Pid, State) ->
    {down, own_monitor(Index, Pid, State)};
pattern(#{type := exit, from := From}, _, State) -> {exit, pid(From, State)}.

tell(Pid, Deed, #state{parked = Parked} = State) ->
    Pid ! {do, Deed},
    Told = State#state{parked = Parked#{Pid => true}},
    case Deed of
        {'receive', _, long} -> {[], Told};
        _ -> {[], Told#state{awaited = Pid}}
    end.

%% Supervisors.

fits(#{type := stop}, Pid, #state{nested = Nested}) -> not is_map_key(Pid, Nested);
fits(#{type := Type}, _, _) when Type =:= whichChildren; Type =:= countChildren -> true;
fits(#{type := Type}, Pid, #state{dynamic = Dynamic}) ->
    is_map_key(Pid, Dynamic) =:= (Type =:= startDynamic orelse Type =:= terminateDynamic).

start_supervisor(Flags, Children, State) ->
    #state{recorder = Recorder, supervisors = Supervisors} = State,
    Index = map_size(Supervisors),
    Specs = [child_spec(Child, Recorder, Flags) || Child <- Children],
    %% A start that fails is seen from the end of the supervisor.
    supervisor:start_link(?MODULE, {Recorder, Flags, Specs}),
    Pid = receive {supervisor, Self} -> Self end,
    {Number, Numbered} = number(Pid, State),
    Dynamic = case Flags of
        #{strategy := simple_one_for_one} -> #{Pid => true};
        _ -> #{}
    end,
    {[[result, Number]], Numbered#state{
        supervisors = Supervisors#{Index => Pid},
        dynamic = maps:merge(State#state.dynamic, Dynamic),
        supervised = maps:put(Pid, true, State#state.supervised)}}.

init({nested, Flags, Specs}) -> {ok, {Flags, Specs}};
init({Recorder, Flags, Specs}) ->
    call(Recorder, {supervisor, self()}),
    {ok, {Flags, Specs}}.

child_spec(Child, Recorder, Flags) ->
    #{id := Id, restart := Restart, kind := Kind, shutdown := Shutdown,
        significant := Significant, fails := Fails} = Child,
    Args = case Flags of
        #{strategy := simple_one_for_one} -> [Recorder, make_ref(), dynamic, Kind, Fails];
        _ -> [Recorder, make_ref(), Id, Kind, Fails]
    end,
    #{id => Id, restart => Restart, significant => Significant,
        start => {?MODULE, start_child, Args},
        shutdown => case Shutdown of
            timeout -> ?SHUTDOWN_MS;
            brutalKill -> brutal_kill;
            infinity -> infinity
        end}.

%% In the supervisor, which counts the starts of each specification.
start_child(Recorder, _, Id, nested, _) ->
    X = #{id => x, restart => permanent, kind => obedient, shutdown => timeout,
        significant => false, fails => []},
    Flags = #{intensity => 1, period => ?PERIOD_S},
    Specs = [child_spec(X, Recorder, Flags)],
    {ok, Pid} = supervisor:start_link(?MODULE, {nested, Flags, Specs}),
    call(Recorder, {started, self(), Id, Pid, true}),
    {ok, Pid};
start_child(Recorder, Spec, Id, Kind, Fails) ->
    Count = case get(Spec) of undefined -> 1; Before -> Before + 1 end,
    put(Spec, Count),
    case lists:member(Count, Fails) of
        true ->
            Recorder ! {note, {failed, self(), Id}},
            {error, oops};
        false ->
            Supervisor = self(),
            Parent = case Kind of obedient -> {Supervisor, Id}; _ -> none end,
            Pid = spawn_link(fun() ->
                process_flag(trap_exit, Kind =/= plain),
                process(Recorder, Parent)
            end),
            call(Recorder, {started, Supervisor, Id, Pid, false}),
            {ok, Pid}
    end.

supervise(#{type := startChild, spec := Spec}, Supervisor, State) ->
    #state{recorder = Recorder} = State,
    ask(supervisor, start_child, [Supervisor, child_spec(Spec, Recorder, #{})], State);
supervise(#{type := startDynamic}, Supervisor, State) ->
    ask(supervisor, start_child, [Supervisor, []], State);
supervise(#{type := terminateChild, id := Id}, Supervisor, State) ->
    ask(supervisor, terminate_child, [Supervisor, Id], State);
supervise(#{type := terminateDynamic, process := Process}, Supervisor, State) ->
    ask(supervisor, terminate_child, [Supervisor, pid(Process, State)], State);
supervise(#{type := restartChild, id := Id}, Supervisor, State) ->
    ask(supervisor, restart_child, [Supervisor, Id], State);
supervise(#{type := deleteChild, id := Id}, Supervisor, State) ->
    ask(supervisor, delete_child, [Supervisor, Id], State);
supervise(#{type := whichChildren}, Supervisor, State) ->
    ask(supervisor, which_children, [Supervisor], State);
supervise(#{type := countChildren}, Supervisor, State) ->
    ask(supervisor, count_children, [Supervisor], State);
supervise(#{type := stop, reason := Reason}, Supervisor, State) ->
    exit(Supervisor, Reason),
    {[], State}.

%% Children that are started meanwhile have no number yet, so the answer is put
%% into words when all is quiet.
ask(Module, Function, Args, #state{recorder = Recorder} = State) ->
    Answer = try apply(Module, Function, Args) catch exit:_ -> down end,
    Recorder ! {note, {answer, Function, Answer}},
    {[], State}.

%% The processes. They leave in the mailbox what they were not told to take.

process(Recorder, Parent) ->
    receive
        {do, Deed} ->
            Recorder ! {note, {reply, self(), do(Deed, Parent, Recorder)}},
            process(Recorder, Parent);
        {'EXIT', Pid, Reason} when Pid =:= element(1, Parent) ->
            obey(Reason, Parent, Recorder)
    end.

obey(Reason, {Supervisor, Id}, Recorder) ->
    Recorder ! {note, {stopping, Supervisor, Id, self(), Reason}},
    exit(Reason).

do({spawn, plain}, _, Recorder) ->
    {spawned, watched(spawn(fun() -> process(Recorder, none) end), Recorder)};
do({spawn, link}, _, Recorder) ->
    {spawned, watched(spawn_link(fun() -> process(Recorder, none) end), Recorder)};
do({spawn, monitor}, _, Recorder) ->
    {Pid, Ref} = spawn_monitor(fun() -> process(Recorder, none) end),
    {spawned, watched(Pid, Recorder), Ref};
do({link, Pid}, _, _) ->
    %% Difference "link".
    try link(Pid) of _ -> done catch error:noproc -> exit(noproc) end;
do({unlink, Pid}, _, _) -> unlink(Pid), done;
do({monitor, Pid}, _, _) -> {monitor, monitor(process, Pid)};
do({demonitor, none, _}, _, _) -> none;
do({demonitor, Ref, true}, _, _) -> demonitor(Ref, [info, flush]);
do({demonitor, Ref, false}, _, _) -> demonitor(Ref, [info]);
do({trap, On}, _, _) -> process_flag(trap_exit, On);
do({exit, Pid, Reason}, _, _) -> exit(Pid, Reason), done;
do({'end', How, Reason, Sends}, _, _) ->
    [send(To, Tag) || {To, Tag} <- Sends],
    finish(How, Reason);
do({send, none, _}, _, _) -> none;
do({send, To, Tag}, _, _) -> send(To, Tag);
do({'receive', Pattern, Wait}, Parent, Recorder) ->
    {received, take(Pattern, Wait, Parent, Recorder)};
do(flush, _, _) -> {flushed, flush()};
do({alias, true}, _, _) -> {alias, alias([reply])};
do({alias, false}, _, _) -> {alias, alias([explicit_unalias])};
do({unalias, none}, _, _) -> none;
do({unalias, Alias}, _, _) -> unalias(Alias).

watched(Pid, Recorder) -> Recorder ! {watch, Pid}, Pid.

finish(return, _) -> exit(normal);
finish(crash, _) -> error(oops);
finish(exit, Reason) -> exit(Reason).

send(To, Tag) ->
    try To ! {message, self(), Tag} of _ -> done catch error:badarg -> none end.

take(Pattern, Wait, Parent, Recorder) ->
    Timeout = case Wait of look -> 0; short -> ?SHORT_MS; long -> ?LONG_MS end,
    receive
        {message, _, Tag} = M when Pattern =:= anyTag; Pattern =:= {tag, Tag} -> M;
        {'DOWN', Ref, _, _, _} = M when Pattern =:= {down, Ref} -> M;
        {'EXIT', Pid, Reason} when Pid =:= element(1, Parent) ->
            obey(Reason, Parent, Recorder);
        {'EXIT', Pid, _} = M when Pattern =:= {exit, Pid} -> M
    after Timeout -> timeout
    end.

flush() ->
    receive
        {do, _} = Deed -> exit({unexpected, Deed});
        Message -> [Message | flush()]
    after 0 -> []
    end.

%% The recorder: notes what happens, the oldest first, and the end of everybody.
%% It always answers, as the driver may wait for a supervisor.

recorder(Driver, Notes) ->
    receive
        {note, Note} -> recorder(Driver, [Note | Notes]);
        {watch, Pid} -> monitor(process, Pid), recorder(Driver, Notes);
        {'DOWN', _, process, Pid, Reason} ->
            recorder(Driver, [{ended, Pid, Reason} | Notes]);
        {{_, Started} = Note, From} when Note =:= {supervisor, Started} ->
            monitor(process, Started),
            Driver ! Note,
            From ! noted,
            recorder(Driver, Notes);
        {{started, _, _, Pid, _} = Note, From} ->
            monitor(process, Pid),
            From ! noted,
            recorder(Driver, [Note | Notes]);
        {count, Awaited, From} ->
            From ! {count, length(Notes), is_done(Awaited, Notes)},
            recorder(Driver, Notes);
        {take, From} ->
            From ! {notes, lists:reverse(Notes)},
            recorder(Driver, [])
    end.

call(Recorder, Request) ->
    Recorder ! {Request, self()},
    receive noted -> ok end.

%% Settling.

settle(#state{recorder = Recorder} = State) ->
    quiet(-1, State),
    Recorder ! {take, self()},
    receive {notes, Notes} -> observe(Notes, State#state{awaited = none}) end.

%% Two rounds in which nothing happened.
quiet(Before, #state{recorder = Recorder, awaited = Awaited} = State) ->
    Quiet = [is_quiet(Pid, State) || Pid <- living(State)],
    Recorder ! {count, Awaited, self()},
    {Count, IsDone} = receive {count, N, Is} -> {N, Is} end,
    case Count =:= Before andalso IsDone andalso not lists:member(false, Quiet) of
        true -> ok;
        false -> quiet(Count, State)
    end.

is_quiet(Pid, State) ->
    case is_supervisor(Pid, State) of
        true -> catch supervisor:count_children(Pid), true;
        false -> lists:member(process_info(Pid, status), [{status, waiting}, undefined])
    end.

is_done(none, _) -> true;
is_done(Pid, Notes) ->
    lists:any(fun
        ({reply, By, _}) -> By =:= Pid;
        ({ended, Ended, _}) -> Ended =:= Pid;
        (_) -> false
    end, Notes).

%% Notes to events. Processes get their numbers, of each supervisor in the order
%% of its starts, before anything is put into words.
observe(Notes, State) ->
    Started = [Note || {started, _, _, _, _} = Note <- Notes],
    Spawned = [Pid || {reply, _, Reply} <- Notes, element(1, Reply) =:= spawned,
        Pid <- [element(2, Reply)]],
    Numbered = number_children(Started, State),
    All = lists:foldl(fun(Pid, S) -> element(2, number(Pid, S)) end, Numbered, Spawned),
    Ended = [Pid || {ended, Pid, _} <- Notes],
    lists:foldl(fun(Note, {Events, S}) ->
        {Event, After} = observed(Note, S),
        {Events ++ Event, After}
    end, {[], All}, [Note || Note <- Notes, not is_last(Note, Ended)]).

%% An answer of one that has ended since, which may not have got to answer.
is_last({reply, Pid, _}, Ended) -> lists:member(Pid, Ended);
is_last(_, _) -> false.

%% A nested supervisor comes before its children.
number_children([], State) -> State;
number_children(Started, #state{numbers = Numbers} = State) ->
    {Known, Unknown} = lists:partition(
        fun({_, Supervisor, _, _, _}) -> is_map_key(Supervisor, Numbers) end, Started),
    Sorted = lists:sort(fun({_, A, _, _, _}, {_, B, _, _, _}) ->
        maps:get(A, Numbers) =< maps:get(B, Numbers)
    end, Known),
    number_children(Unknown, lists:foldl(fun number_child/2, State, Sorted)).

number_child({started, _, _, Pid, IsSupervisor}, State) ->
    {_, #state{supervised = Supervised} = Numbered} = number(Pid, State),
    Child = Numbered#state{supervised = Supervised#{Pid => true}},
    case IsSupervisor of
        true -> number_nested(Pid, Child);
        false -> Child
    end.

number_nested(Pid, #state{supervisors = Supervisors, nested = Nested} = State) ->
    State#state{nested = Nested#{Pid => true},
        supervisors = Supervisors#{map_size(Supervisors) => Pid}}.

observed({started, Supervisor, Id, Pid, _}, #state{numbers = N} = State) ->
    {[[started, maps:get(Supervisor, N), Id, maps:get(Pid, N)]], State};
observed({failed, Supervisor, Id}, #state{numbers = N} = State) ->
    {[[failed, maps:get(Supervisor, N), Id]], State};
observed({stopping, Supervisor, Id, Pid, Reason}, #state{numbers = N} = State) ->
    Words = [maps:get(Supervisor, N), Id, maps:get(Pid, N), reason(Reason)],
    {[[stopping | Words]], State};
observed({ended, Pid, Reason}, #state{numbers = N, ended = Ended} = State) ->
    {[[ended, maps:get(Pid, N), reason(Reason)]], State#state{
        ended = Ended#{Pid => true}, parked = maps:remove(Pid, State#state.parked)}};
observed({answer, Function, Answer}, State) ->
    {[[result | answer(Function, Answer, State)]], State};
observed({reply, Pid, Reply}, #state{parked = Parked} = State) ->
    replied(Reply, Pid, State#state{parked = maps:remove(Pid, Parked)}).

replied({spawned, Pid}, _, #state{numbers = N} = State) ->
    {[[result, maps:get(Pid, N)]], State};
replied({spawned, Pid, Ref}, By, #state{numbers = N} = State) ->
    {Monitor, Monitored} = number_monitor(Ref, By, State),
    {[[result, maps:get(Pid, N), Monitor]], Monitored};
replied({monitor, Ref}, By, State) ->
    {Monitor, Monitored} = number_monitor(Ref, By, State),
    {[[result, Monitor]], Monitored};
replied({alias, Alias}, _, #state{aliases = Aliases} = State) ->
    Number = map_size(Aliases),
    {[[result, Number]], State#state{aliases = Aliases#{Number => Alias}}};
replied({received, Message}, By, #state{numbers = N} = State) ->
    {[[received, maps:get(By, N), words(Message, State)]], State};
replied({flushed, Messages}, By, #state{numbers = N} = State) ->
    {[[flushed, maps:get(By, N), [words(M, State) || M <- Messages]]], State};
replied(Word, _, State) -> {[[result, Word]], State}.

number_monitor(Ref, Owner, #state{monitors = Monitors, numbers = N} = State) ->
    Number = map_size(Monitors),
    {Number, State#state{
        monitors = Monitors#{Number => {Ref, Owner}}, numbers = N#{Ref => Number}}}.

words({message, From, Tag}, #state{numbers = N}) -> [message, maps:get(From, N), Tag];
words({'DOWN', Ref, process, Pid, Reason}, #state{numbers = N}) ->
    [down, maps:get(Pid, N), maps:get(Ref, N), reason(Reason)];
words({'EXIT', Pid, Reason}, #state{numbers = N}) ->
    [exit, maps:get(Pid, N), reason(Reason)];
words(step, _) -> [step];
words(timeout, _) -> timeout.

answer(_, down, _) -> [down];
answer(_, ok, _) -> [done];
answer(_, {error, {already_started, Pid}}, #state{numbers = N}) ->
    [alreadyStarted, maps:get(Pid, N)];
answer(_, {error, already_present}, _) -> [alreadyPresent];
answer(_, {error, not_found}, _) -> [notFound];
answer(_, {error, running}, _) -> [running];
answer(_, {error, restarting}, _) -> [restarting];
answer(_, {error, {bad_combination, _}}, _) -> [cannotBeSignificant];
answer(_, {error, oops}, _) -> [failed];
answer(start_child, {error, {oops, _}}, _) -> [failed];
answer(start_child, {ok, Pid}, #state{numbers = N}) -> [maps:get(Pid, N)];
answer(restart_child, {ok, Pid}, #state{numbers = N}) -> [maps:get(Pid, N)];
answer(which_children, Children, #state{numbers = N}) ->
    [[case Id of undefined -> dynamic; _ -> Id end, case Pid of
        undefined -> none;
        restarting -> restarting;
        _ -> maps:get(Pid, N)
    end] || {Id, Pid, _, _} <- Children];
answer(count_children, Counts, _) ->
    %% All are workers. A simple_one_for_one has but one specification.
    [proplists:get_value(workers, Counts), proplists:get_value(active, Counts)];
answer(_, Other, _) -> exit({unknown_answer, Other}).

reason({shutdown, {failed_to_start_child, _, _}}) -> failedToStart;
reason({_, [_ | _]}) -> crashed;
reason(Reason) when is_atom(Reason) -> Reason.

underscored(oneForOne) -> one_for_one;
underscored(oneForAll) -> one_for_all;
underscored(restForOne) -> rest_for_one;
underscored(anySignificant) -> any_significant;
underscored(allSignificant) -> all_significant;
underscored(Atom) -> Atom.

%% JSON. Strings are words of the scenario language, and become atoms.

decode(<<"{", Rest/binary>>) -> decode_object(Rest, #{});
decode(<<"[", Rest/binary>>) -> decode_array(Rest, []);
decode(<<"\"", Rest/binary>>) ->
    [Word, After] = binary:split(Rest, <<"\"">>),
    {binary_to_atom(Word), After};
decode(<<"true", Rest/binary>>) -> {true, Rest};
decode(<<"false", Rest/binary>>) -> {false, Rest};
decode(<<Digit, Rest/binary>>) when Digit >= $0, Digit =< $9 ->
    decode_number(Rest, Digit - $0).

decode_number(<<Digit, Rest/binary>>, N) when Digit >= $0, Digit =< $9 ->
    decode_number(Rest, N * 10 + Digit - $0);
decode_number(Rest, N) -> {N, Rest}.

decode_object(<<"}", Rest/binary>>, Object) -> {Object, Rest};
decode_object(<<",", Rest/binary>>, Object) -> decode_object(Rest, Object);
decode_object(Text, Object) ->
    {Key, <<":", Value/binary>>} = decode(Text),
    {Decoded, Rest} = decode(Value),
    decode_object(Rest, Object#{Key => Decoded}).

decode_array(<<"]", Rest/binary>>, Items) -> {lists:reverse(Items), Rest};
decode_array(<<",", Rest/binary>>, Items) -> decode_array(Rest, Items);
decode_array(Text, Items) ->
    {Item, Rest} = decode(Text),
    decode_array(Rest, [Item | Items]).

encode(Word) when is_atom(Word) -> [$", atom_to_binary(Word), $"];
encode(Number) when is_integer(Number) -> integer_to_binary(Number);
encode(List) -> [$[, lists:join($,, [encode(Item) || Item <- List]), $]].
