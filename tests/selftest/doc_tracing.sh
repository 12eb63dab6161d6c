#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Documentation/tracing.md and module.md: each command prints what the page says,
# and neither page lacks a tracepoint, a field or a parameter of this module, nor
# tells of one that it has not.
#
# box: targets=vmx,nvhe timeout=400 --put @TRACING@/perf:/usr/bin/perf --put @TRACING@/trace-cmd:/usr/bin/trace-cmd --put @ROOT@/Documentation:/root/Documentation

. "$(dirname "$0")/libvmctl.sh"
. "$(dirname "$0")/libdoc.sh"

pages=/root/Documentation
arch=$(uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/')

# equal TEXT: $out, what the page has, is $errs, what there is.
equal()
{
	status=0 wanted="what there is, above as err"
	cmp -s "$out" "$errs"
	tap $? "$1"
}

# rows PAGE HEADING: the table below it, without backticks, cells apart by tabs.
rows()
{
	awk -F ' *[|] *' -v heading="## $2" '
		/^## / { here = $0 == heading }
		here && /^\| `/ { gsub("`", ""); print $2 "\t" $3 "\t" $4 "\t" $5 }' "$1"
}

# sorted: the words of stdin, sorted, in one line.
sorted()
{
	tr -s ', ' '\n' | grep . | sort | tr '\n' ' '
}

rows $pages/tracing.md "The tracepoints" | sort | while IFS='	' read -r name _ fields _; do
	echo "$name: $(echo "$fields" | sorted)"
done >"$out"
for event in /sys/kernel/tracing/events/axvm/axvm_*; do
	echo "${event##*/}: $(sed -n 's/^\tfield:[^;]*[ *]\([a-z_]*\)\(\[[0-9]*\]\)\{0,1\};.*/\1/p' \
		"$event/format" | grep -v '^common_' | sorted)"
done >"$errs"
equal "tracing.md has every tracepoint with its fields"

rows $pages/module.md Parameters | awk -F '\t' -v arch="$arch" '
	$2 == "all" || $2 == arch { print $1 }' | sort >"$out"
modinfo "/lib/modules/$(uname -r)/extra/axvm.ko" | sed -n 's/^parm: *\([a-z_]*\):.*/\1/p' |
	sort >"$errs"
equal "module.md has every parameter that modinfo shows"
ls /sys/module/axvm/parameters >"$errs"
equal "and every one in sysfs"
rows $pages/module.md Parameters | awk -F '\t' -v arch="$arch" '
	$2 == "all" || $2 == arch { print $1, ($3 == "any time" ? "-rw-r--r--" : "-r--r--r--") }' |
	sort >"$out"
for p in /sys/module/axvm/parameters/*; do
	echo "${p##*/} $(stat -c %A "$p")"
done >"$errs"
equal "and says which can be written"
rows $pages/module.md Parameters | awk -F '\t' -v arch="$arch" '
	($2 == "all" || $2 == arch) && $4 != "" { print $1, $4 }' | sort >"$out"
while read -r p default; do
	case $p in
	# They read as what came of it with this hardware.
	vmid_bits | apicv) echo "$p $default" && continue ;;
	esac
	echo "$p $(sed 's/^N$/0/; s/^Y$/1/' "/sys/module/axvm/parameters/$p")"
done <"$out" >"$errs"
equal "with its default"
rows $pages/module.md sysfs | cut -f 1 >"$out"
while read -r p; do
	ls -d "$p"
done <"$out" >"$errs" 2>/dev/null
equal "the paths in sysfs are there"

doc $pages/tracing.md
doc $pages/module.md
tap_end
