#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Debian's memtest86+ as a guest: it boots by the bzImage protocol, finds the
# machine's memory and processor, measures its clock by the PM timer, and gets
# through its first tests, on the serial console.
#
# box: targets=vmx timeout=240 --put @MEMTEST@:/root/memtest

. "$(dirname "$0")/libvmctl.sh"

vmctl run -n tester -k /root/memtest --cmdline 'console=ttyS0,115200 nopause' \
	-m 16M --timeout 200 </dev/null >"$out" 2>"$errs" &
job=$!

# Test 4 begins when 0 to 3 are through.
for _ in $(seq 900); do
	grep -q '#4 ' "$out" && break
	vmctl show tester >/dev/null 2>&1 || [ ! -s "$out" ] || break
	sleep 0.2
done
vmctl destroy tester >/dev/null 2>&1
wait $job
status=$? wanted=
says "it boots" "Memtest86+ v"
says "it finds its memory" "16MB"
says "it knows its processor's clock" "CLK/Temp: *[1-9][0-9]*MHz"
says "the first test" "#0 .*walking ones"
says "the fourth test: those before are through" "#4 .*Moving inversions"
says "nothing is wrong" "Errors: 0"
! grep -q 'Errors: [1-9]' "$out"
tap $? "at no time"
tap_end
