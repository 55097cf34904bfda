#!/usr/bin/env escript
%% Prints what exit/1 and exit/2 do to a process that does not trap exits.
%% A row: who asks, the reason, what a monitor of the process sees.
%%
%% own: exit/1, self: exit/2 of itself, other: exit/2 of another process.

main(_) ->
    Reasons = [normal, shutdown, kill, killed, noproc, {custom, 1}],
    [row(Who, Reason) || Who <- [own, self, other], Reason <- Reasons].

row(Who, Reason) ->
    io:format("~p ~p ~p~n", [Who, Reason, seen(Who, Reason)]).

seen(own, Reason) ->
    down(spawn_monitor(fun() -> exit(Reason) end));
seen(self, Reason) ->
    down(spawn_monitor(fun() -> exit(self(), Reason), exit(alive) end));
seen(other, Reason) ->
    {Pid, Ref} = spawn_monitor(fun() -> receive stop -> exit(alive) end end),
    exit(Pid, Reason),
    Pid ! stop,
    down({Pid, Ref}).

down({Pid, Ref}) ->
    receive
        {'DOWN', Ref, process, Pid, alive} -> ignored;
        {'DOWN', Ref, process, Pid, Reason} -> Reason
    end.
