#!/usr/bin/env escript
%% Prints what a supervisor does when one of its children ends.
%%
%% A supervisor has the children a, b and c, started in this order; b has the
%% restart type of the row and the others are permanent. b is asked to exit with
%% the reason of the row. A row: strategy, restart type, reason, and what
%% happened from then on, in order: `-a` is the end of a, `+a` its start.
%%
%% The children trap exits, so that they can report their end; `killed` is
%% exit(Pid, kill), which they cannot report: b's own end is left out of all rows.
%%
%% Then what automatic shutdown comes to. The children a and b are significant, c
%% is not, and all have the restart type of the row; those of the row end, one
%% after the other, with its reason. A row: auto shutdown, restart type, reason,
%% who ends, and whether the supervisor `lives` or has `ended`.

-mode(compile).
-export([init/1, start_child/1, child_init/1]).

main(_) ->
    error_logger:tty(false),
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    [row(Strategy, Restart, Reason) ||
        Strategy <- [one_for_one, one_for_all, rest_for_one],
        Restart <- [permanent, transient, temporary],
        Reason <- [normal, shutdown, killed, crash]],
    [auto_row(Auto, Restart, Reason, Ends) ||
        Auto <- [any_significant, all_significant],
        Restart <- [transient, temporary],
        Reason <- [normal, crash],
        Ends <- [[a], [c], [a, b], [a, c]]].

auto_row(Auto, Restart, Reason, Ends) ->
    ets:new(log, [named_table, public, ordered_set]),
    Children = [(child(Id, Restart))#{significant => Id =/= c} || Id <- [a, b, c]],
    Flags = #{auto_shutdown => Auto, intensity => 9},
    {ok, Sup} = supervisor:start_link(?MODULE, {Flags, Children}),
    [end_child(Sup, Id, Reason) || Id <- Ends],
    Outcome = case is_process_alive(Sup) of true -> lives; false -> ended end,
    io:format("~s ~s ~s ~s ~s~n", [Auto, Restart, Reason,
        lists:append([atom_to_list(Id) || Id <- Ends]), Outcome]),
    exit(Sup, shutdown),
    receive {'EXIT', Sup, _} -> ok end,
    ets:delete(log).

end_child(Sup, Id, Reason) ->
    case is_process_alive(Sup) andalso
        [P || {I, P, _, _} <- supervisor:which_children(Sup), I =:= Id]
    of
        [Pid] ->
            Ref = monitor(process, Pid),
            Pid ! {exit, Reason},
            receive {'DOWN', Ref, process, Pid, _} -> timer:sleep(5) end;
        _ -> ok
    end.

row(Strategy, Restart, Reason) ->
    ets:new(log, [named_table, public, ordered_set]),
    {ok, Sup} = start(Strategy, Restart),
    ets:delete_all_objects(log),
    [Pid] = [P || {b, P, _, _} <- supervisor:which_children(Sup)],
    Pid ! {exit, Reason},
    settle(Sup, Pid),
    Events = [Event || {_, Event} <- ets:tab2list(log)],
    Specs = proplists:get_value(specs, supervisor:count_children(Sup)),
    io:format("~s ~s ~s ~w ~s~n",
        [Strategy, Restart, Reason, Specs, lists:join(",", Events)]),
    exit(Sup, shutdown),
    receive {'EXIT', Sup, _} -> ok end,
    ets:delete(log).

%% The end of b was handled when a later request is answered.
settle(Sup, Pid) ->
    Ref = monitor(process, Pid),
    receive {'DOWN', Ref, process, Pid, _} -> ok end,
    timer:sleep(5),
    supervisor:count_children(Sup).

start(Strategy, Restart) ->
    Children = [child(a, permanent), child(b, Restart), child(c, permanent)],
    {ok, Sup} = supervisor:start_link(?MODULE, {#{strategy => Strategy}, Children}),
    {ok, Sup}.

init(Arg) -> {ok, Arg}.

child(Id, Restart) ->
    #{id => Id, restart => Restart, start => {?MODULE, start_child, [Id]}}.

start_child(Id) ->
    proc_lib:start_link(?MODULE, child_init, [Id]).

child_init(Id) ->
    process_flag(trap_exit, true),
    log("+", Id),
    proc_lib:init_ack({ok, self()}),
    receive
        {exit, killed} -> exit(self(), kill), receive never -> ok end;
        {exit, Reason} -> exit(Reason);
        {'EXIT', _, Reason} -> log("-", Id), exit(Reason)
    end.

log(What, Id) ->
    Key = erlang:unique_integer([monotonic]),
    ets:insert(log, {Key, [What, atom_to_list(Id)]}).
