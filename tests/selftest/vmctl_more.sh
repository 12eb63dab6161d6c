#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmctl's commands for several VMs at once and for scripts: restart, delete,
# --all, console --send/--expect, stats --watch, show --stats, map, unmap,
# mem dump and search.

. "$(dirname "$0")/libvmctl.sh"

# Several VMs, and all.
t 0 "create a" create -n a "$example"
t 0 "create b" create -n b "$example"
t 2 "start of neither" start
t 2 "start of both ways" start a --all
t 0 "start --all" start --all
t 0 "a stops" wait a --state stopped --timeout 10
t 0 "b stops" wait b --state stopped --timeout 10
t 0 "stop --all leaves stopped ones alone" stop --all
t 0 "suspend --all too" suspend --all
t 0 "resume --all too" resume --all
t 0 "restart of a stopped VM" restart a
t 0 "it runs to its end again" wait a --state stopped --timeout 10
t 0 "restart --paused" restart --paused a b
wanted=suspended
[ "$(state a)" = suspended ] && [ "$(state b)" = suspended ]
tap $? "both wait at their start"
t 0 "restart --all --force" restart --all --force
t 0 "a runs" wait a --exit halt --timeout 10
t 0 "reset --all --no-start" reset --all --no-start
wanted=created
[ "$(state a)" = created ] && [ "$(state b)" = created ]
tap $? "both are created"
t 0 "delete" delete b
t 3 "restart of no VM" restart b
t 2 "delete of nothing" delete

# Counters.
t 0 "start" start a
t 0 "wait" wait a --state stopped --timeout 10
t 0 "show --stats" show --stats a
says "counters" "^exits "
says "by reason" "^exit.halt"
t 0 "show --stats --json" show --stats --json a
is_json "is JSON"
says "with counters" '"name": "exit.halt"'
t 0 "stats --watch" stats --watch --interval 50ms --count 2 a
says "rates" "PER SECOND"
t 0 "stats --watch --json" stats --watch --json --interval 50ms --count 2 a
wanted="2 lines"
[ "$(wc -l <"$out")" = 2 ]
tap $? "a line each"
says "with rates" '"rate":0.0'
t 2 "--interval without --watch" stats --interval 1 a

# Exits with the time that passed.
t 0 "exits" exits --last 5 a
says "a column for it" "TIME  *SINCE"
t 0 "exits --json" exits --json --reason halt a
says "since the one before" '"since_ns": [0-9]'

# Consoles for scripts.
t 0 "console --expect of what was said" console --expect '^Hello from a guest' a
t 6 "--expect of what will not come" console --expect nonsense --timeout 10 a
complains "is said" "has stopped"
t 2 "--expect of no pattern" console --expect '(' a
t 2 "--send with a bad escape" console --send '\q' a
t 2 "--log alone" console --log "$work/log" a
t 0 "restart --paused" restart --paused a
t 13 "--expect in vain" console --tail --expect Hello --timeout 0.3 a
complains "the time is up" "time is up"
vmctl console --tail --expect '^Hello.*guest' --timeout 20 --log "$work/log" a >"$out" 2>"$errs" &
job=$!
until_views a 2
t 0 "--send to a guest" console --send 'x\r\n\x41' a
t 0 "resume" resume a
wait $job
status=$? wanted=0
[ $status = 0 ]
tap $? "--expect sees it come"
wanted="the log"
grep -q "^Hello" "$work/log"
tap $? "--log keeps it"
t 0 "wait" wait a --state stopped --timeout 10

t 0 "start --console" start --console a
says "prints what the guest does" "^Hello from a guest"
complains "and how it ended" "has stopped"
t 2 "start --console of two" start --console a b
t 2 "start --console of all" start --console --all

# Memory.
t 0 "map" map a 0x80000000 2M
t 5 "map of the same" map a 0x80000000 4K
t 2 "map of nothing aligned" map a 0x90000001 4K
t 2 "map --access nonsense" map a 0x90000000 4K --access rq
t 0 "map read-only" map a 0x90000000 4K --access r
t 0 "show" show a
says "the new region" "0x80000000"
t 0 "mem write" mem write a 0x800ffffe 4 deadbeef
t 0 "mem search" mem search a 0x80000000 2M deadbeef
says "across a piece's end" "^0x800ffffe$"
t 1 "mem search of what is not there" mem search a 0x80000000 2M cafebabe
silent "says nothing"
t 0 "mem search --text" mem search --text a "$load" 4K Hello
says "an address" "^0x"
t 0 "mem search --json" mem search --json a 0x80000000 2M deadbeef
is_json "is JSON"
t 2 "mem search of an odd pattern" mem search a 0x80000000 2M abc
t 1 "mem search where nothing is" mem search a 0xa0000000 4K 00
complains "is said" "no guest memory"
t 0 "mem dump" mem dump a 0x800ffffe
wanted="16 lines"
[ "$(wc -l <"$out")" = 16 ]
tap $? "256 bytes of it"
says "from there" "^00000000800ffffe  de ad be ef"
v show --json a
wanted="one page or block"
grep -q '"resident": 0' "$out" || grep -q '"gpa": "0x90000000"' "$out"
tap $? "searching touches nothing"
t 1 "unmap of another size" unmap a 0x80000000 4K
t 0 "unmap" unmap a 0x80000000
t 0 "unmap with its size" unmap a 0x90000000 4K
t 1 "unmap again" unmap a 0x90000000
complains "is said" "no such region"
t 0 "destroy" destroy a
tap_end
