#!/usr/bin/env escript
%% Prints what exit/1, exit/2 and the end of a linked process do to a process.
%% A row: who asks, whether the process traps exits, the reason, and what came of
%% it: ignored, trapped (with the reason in the message), or the reason that a
%% monitor of the process sees.
%%
%% own: exit/1, self: exit/2 of itself, other: exit/2 of another process,
%% link: a linked process ends by exit/1.

main(_) ->
    Reasons = [normal, shutdown, kill, killed, noproc, {custom, 1}],
    [row(Who, Traps, Reason) ||
        Who <- [own, self, other, link], Traps <- [false, true], Reason <- Reasons].

row(Who, Traps, Reason) ->
    io:format("~p ~p ~p ~p~n", [Who, Traps, Reason, seen(Who, Traps, Reason)]).

seen(Who, Traps, Reason) ->
    Parent = self(),
    {Pid, Ref} = spawn_monitor(fun() -> process(Parent, Who, Traps, Reason) end),
    case Who of
        other -> receive {Pid, ready} -> exit(Pid, Reason) end;
        _ -> ok
    end,
    Pid ! stop,
    receive
        {'DOWN', Ref, process, Pid, alive} -> ignored;
        {'DOWN', Ref, process, Pid, {trapped, Seen}} -> {trapped, Seen};
        {'DOWN', Ref, process, Pid, Seen} -> Seen
    end.

process(Parent, Who, Traps, Reason) ->
    process_flag(trap_exit, Traps),
    case Who of
        own -> exit(Reason);
        self -> exit(self(), Reason);
        other -> Parent ! {self(), ready};
        link -> end_linked(Reason)
    end,
    wait().

%% Until the linked process is known to have ended, and its signal to be here.
end_linked(Reason) ->
    Pid = spawn_link(fun() -> receive go -> exit(Reason) end end),
    Ref = monitor(process, Pid),
    Pid ! go,
    receive {'DOWN', Ref, process, Pid, _} -> ok end.

%% An exit signal counts before `stop`, which may have come first.
wait() ->
    receive stop -> ok end,
    receive
        {'EXIT', _, Seen} -> exit({trapped, Seen})
    after 50 -> exit(alive)
    end.
