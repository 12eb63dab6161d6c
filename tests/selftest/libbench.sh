# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the bench_*.sh tests share: the guard against operations that become
# dearer. Each was measured as `make bench` measures it, in emulated
# instructions a round; a tenth more is a failure. A change that is meant to
# cost more, or that saves something, changes the numbers here: the tests print
# what they measured in this form.
#
# They hold for Debian 12's compiler and kernel 6.1 without mitigations.

counts='
vmx call 403
vmx reg-read 685
vmx reg-write 622
vmx mmio-kernel 4
vmx mmio-user 2578
vmx user-process 9729
vmx self-ipi 52
vmx timer 2030
vmx timer-halted 6044
vmx fault-4k 4310
vmx map-1g 1630
vmx unmap-1g 2076
vmx vm-create-destroy 99232
vmx vcpu-create 14502
vmx first-instruction 186462
vmx cpuid 259
vmx pio-kernel 420
vmx pio-user 1773
vmx ioapic 1131
vmx ipi 2024
vmx ipi-halted 2042
vmx irq-running 1980
vmx irq-halted 5580
vmx pause-resume 6829
nvhe call 632
nvhe reg-read 610
nvhe reg-write 951
nvhe mmio-kernel 821
nvhe mmio-user 2683
nvhe user-process 9640
nvhe self-ipi 1193
nvhe timer 1296
nvhe timer-halted 1424
nvhe fault-4k 5101
nvhe map-1g 2096
nvhe unmap-1g 2624
nvhe vm-create-destroy 44186
nvhe vcpu-create 7984
nvhe first-instruction 124500
nvhe ipi 2449
nvhe ipi-halted 2164
nvhe irq-running 3580
nvhe irq-halted 13080
nvhe pause-resume 7082
vhe call 359
vhe reg-read 337
vhe reg-write 678
vhe mmio-kernel 546
vhe mmio-user 2392
vhe user-process 9236
vhe self-ipi 895
vhe timer 1008
vhe timer-halted 1202
vhe fault-4k 4805
vhe map-1g 2080
vhe unmap-1g 2608
vhe vm-create-destroy 43714
vhe vcpu-create 7704
vhe first-instruction 105400
vhe ipi 1879
vhe ipi-halted 1501
vhe irq-running 3300
vhe irq-halted 12480
vhe pause-resume 7032
'

bench=/root/bench
[ -x $bench ] || bench=$(dirname "$0")/../../build/bench/$(uname -m)/bench

if ! [ -c /dev/axvm ] || ! [ -x "$bench" ]; then
	echo "1..0 # SKIP no /dev/axvm, or no bench program"
	exit 4
fi
case $(uname -r) in
6.1.0-*) ;;
*)
	echo "1..0 # SKIP the counts are those of Debian's 6.1"
	exit 4
	;;
esac
if ! grep -qw mitigations=off /proc/cmdline; then
	echo "1..0 # SKIP the counts are those without mitigations"
	exit 4
fi

# expected TARGET NAME: its count, or nothing
expected()
{
	echo "$counts" | awk -v t="$1" -v n="$2" '$1 == t && $2 == n { print $3 }'
}

# guard NAME...: measure each once and compare.
guard()
{
	out=$($bench axvm -e 40 "$@" 2>&1)
	case $(echo "$out" | awk '$1 == "backend" { print $2 }') in
	1) target=vmx ;;
	3) target=nvhe ;;
	4) target=vhe ;;
	*) target=none ;;
	esac
	echo "KTAP version 1"
	n=0 bad=0
	for name; do
		want=$(expected $target "$name")
		# The quickest batch: what a host's own interrupt hits does not count.
		got=$(echo "$out" | awk -v name="$name" -v target=$target '
			$1 == "frequency" { scale = target == "vmx" ? 1 : 1e9 / $2 }
			$1 == "result" && $2 == name {
				least = $5
				for (i = 6; i <= NF; i++)
					if ($i < least)
						least = $i
				printf "%.0f\n", least * scale / $4
			}')
		n=$((n + 1))
		echo "# $target $name ${got:-none}"
		if [ -n "$want" ] && [ -n "$got" ] && [ $((got * 10)) -le $((want * 11)) ]; then
			echo "ok $n $name: $got instructions, $want expected"
		else
			bad=1
			echo "not ok $n $name: ${got:-no} instructions, ${want:-no number} expected"
			echo "$out" | sed 's/^/# /' | cut -c 1-200
		fi
	done
	echo "1..$n"
	return $bad
}
