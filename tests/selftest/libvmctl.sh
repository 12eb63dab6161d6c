# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the vmctl_*.sh tests share: KTAP from a shell, running vmctl with its
# output kept, configurations for the tiny guests. To be sourced.

tap_n=0
tap_bad=0
work=$(mktemp -d /tmp/vmctl.XXXXXX)
out=$work/out
errs=$work/err
# shellcheck disable=SC2034 # used by those that source this
example=/usr/share/axvm/examples/hello.toml
here=$(dirname "$0")
[ -d "${guests:=/root/guest}" ] || guests=$here/../../build/guest/$(uname -m)

if ! command -v vmctl >/dev/null || { [ -z "${no_module:-}" ] && ! [ -c /dev/axvm ]; }; then
	echo "1..0 # SKIP no vmctl, or no /dev/axvm"
	exit 4
fi
echo "KTAP version 1"

# tap RESULT TEXT: RESULT 0 is good.
tap()
{
	tap_n=$((tap_n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_n $2"
	else
		tap_bad=$((tap_bad + 1))
		echo "not ok $tap_n $2"
		sed 's/^/# out: /' "$out" | tail -n 15
		sed 's/^/# err: /' "$errs" | tail -n 15
		echo "# status: $status, wanted ${wanted:-}"
	fi
}

skip()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n $1 # SKIP $2"
}

tap_end()
{
	vmctl destroy --all >/dev/null 2>&1
	rm -rf "$work"
	echo "1..$tap_n"
	[ "$tap_bad" = 0 ]
	exit
}

# v ARGS: vmctl with stdout, stderr and status kept.
v()
{
	vmctl "$@" >"$out" 2>"$errs" </dev/null
	status=$?
}

# t STATUS TEXT ARGS: vmctl ARGS ends with STATUS.
t()
{
	wanted=$1 text=$2
	shift 2
	v "$@"
	[ "$status" = "$wanted" ]
	tap $? "$text"
}

# says TEXT PATTERN: the last stdout has a line that matches.
says()
{
	wanted="stdout: $2"
	grep -q -e "$2" "$out"
	tap $? "$1"
}

# complains TEXT PATTERN: likewise stderr.
complains()
{
	wanted="stderr: $2"
	grep -q -e "$2" "$errs"
	tap $? "$1"
}

# silent TEXT: nothing on stdout and stderr.
silent()
{
	wanted="no output"
	! [ -s "$out" ] && ! [ -s "$errs" ]
	tap $? "$1"
}

# is_json TEXT: stdout is one JSON value, as far as a shell can tell: the same
# number of opening and closing brackets, no text outside of them.
is_json()
{
	wanted=JSON
	first=$(head -c 1 "$out") last=$(tr -d '\n' <"$out" | tail -c 1)
	case $first$last in
	'[]' | '{}') ;;
	*)
		false
		tap $? "$1"
		return
		;;
	esac
	[ "$(tr -cd '[{' <"$out" | wc -c)" = "$(tr -cd ']}' <"$out" | wc -c)" ]
	tap $? "$1"
}

# state VM: its state.
state()
{
	vmctl list -H | awk -F '\t' -v n="$1" '$2 == n { print $3 }'
}

# gone VM: is there no such VM (any more, within two seconds)?
gone()
{
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -z "$(state "$1")" ] && return 0
		sleep 0.1
	done
	return 1
}

# until_state VM STATE: wait for it, two seconds at most.
until_state()
{
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ "$(state "$1")" = "$2" ] && return 0
		sleep 0.1
	done
	return 1
}

# until_views VM N: wait until N descriptors and mappings of it are open, ten
# seconds at most: a console has 2, `wait` has 1.
until_views()
{
	for _ in $(seq 100); do
		[ "$(vmctl list --json | awk -v n="\"$1\"," -v want="$2" '
			$1 == "\"name\":" { mine = $2 == n }
			$1 == "\"views\":" && mine { print ($2 + 0 >= want) }')" = 1 ] &&
			return 0
		sleep 0.1
	done
	return 1
}

# until_said TEXT: wait until the job's stdout holds TEXT, ten seconds at most.
until_said()
{
	for _ in $(seq 100); do
		grep -q "$1" "$out" && return 0
		sleep 0.1
	done
	return 1
}

case $(uname -m) in
x86_64)
	is_x86=1
	load=0x8000
	ram='[0x0, 0x100_0000, 0x7, 0]'
	ram_base=0x0
	pc=rip
	;;
aarch64)
	is_x86=
	load=0x4008_0000
	ram='[0x4000_0000, 0x100_0000, 0x7, 0]'
	ram_base=0x40000000
	pc=pc
	;;
esac
: "$is_x86" "$ram_base" "$pc"

# toml NAME BIN: a configuration for a tiny guest; prints the file's name.
toml()
{
	cat >"$work/$1.toml" <<-END
		[base]
		id = 1
		name = "$1"
		cpu_num = 1
		[kernel]
		entry_point = $load
		kernel_path = "$2"
		kernel_load_addr = $load
		memory_regions = [$ram]
	END
	echo "$work/$1.toml"
}
