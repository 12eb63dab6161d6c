#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# vmctl's configurations: what is wrong is named with file, line and key, and
# nothing is left behind.

. "$(dirname "$0")/libvmctl.sh"

# bad TEXT LINE PATTERN: the configuration on stdin is refused (9) naming line.
bad()
{
	cat >"$work/bad.toml"
	t 9 "$1" create -n bad "$work/bad.toml"
	complains "$1: line and reason" "bad.toml${2:+:$2}: .*$3"
}

printf 'x' >"$work/x.bin"
t 9 "no such file" create -n bad "$work/nothing.toml"
complains "is said" "nothing.toml: .*no such file"
t 9 "a folder" create -n bad "$work"
bad "not TOML" 2 "not TOML" <<END
[base]
name = = 1
END
bad "no memory" "" "memory is missing" <<END
[kernel]
entry_point = $load
END
bad "a wrong type" 2 "cpu_num must be a number" <<END
[base]
cpu_num = true
[kernel]
entry_point = $load
memory_regions = [$ram]
END
bad "too many vCPUs" 2 "cpu_num is 1 to 64" <<END
[base]
cpu_num = 65
[kernel]
entry_point = $load
memory_regions = [$ram]
END
bad "no image" 4 "kernel.kernel_path: cannot open .*nothing.bin: no such file" <<END
[kernel]
entry_point = $load
memory_regions = [$ram]
kernel_path = "nothing.bin"
kernel_load_addr = $load
END
bad "an image outside of memory" 4 "is in no memory region" <<END
[kernel]
entry_point = $load
memory_regions = [$ram]
kernel_path = "x.bin"
kernel_load_addr = 0x7fff_ffff_f000
END
bad "images that overlap" 6 "overlap" <<END
[kernel]
entry_point = $load
memory_regions = [$ram]
kernel_path = "x.bin"
kernel_load_addr = $load
bios_path = "x.bin"
bios_load_addr = $load
END
bad "regions that overlap" 3 "overlaps region 0" <<END
[kernel]
entry_point = $load
memory_regions = [$ram, $ram]
END
bad "a key that is not served" 4 "kernel.disk_path is understood.*not serve" <<END
[kernel]
entry_point = $load
memory_regions = [$ram]
disk_path = "x.img"
END
bad "devices that are not served" 5 "passthrough_devices is understood" <<END
[kernel]
entry_point = $load
memory_regions = [$ram]
[devices]
passthrough_devices = [["/"]]
END
bad "memory beyond the address space" 3 "cannot map" <<END
[kernel]
entry_point = $load
memory_regions = [$ram, [0x0fff_ffff_ffff_0000, 0x1000, 7, 0]]
END
bad "host memory that is Linux' own" 3 "host range must be kept from Linux\|administrators" <<END
[kernel]
entry_point = $load
memory_regions = [{ gpa = 0x1_0000_0000, size = 0x1000, flags = 7, map_type = 2, hpa = $(
	awk -F '[- ]' '/System RAM/ { r = $1 } END { print "0x" r }' /proc/iomem) }, $ram]
END
if [ "$is_x86" ]; then
	bad "real mode above 1 MiB" 2 "above 1 MiB" <<-END
		[kernel]
		entry_point = 0x10_0000
		start_mode = "real"
		memory_regions = [$ram]
	END
else
	bad "an x86 key" 3 "start_mode is for x86" <<-END
		[kernel]
		entry_point = $load
		start_mode = "real"
		memory_regions = [$ram]
	END
	bad "an odd entry point" 2 "multiple of 4" <<-END
		[kernel]
		entry_point = 0x40000001
		memory_regions = [$ram]
	END
fi
wanted="no VM"
v list -H
! [ -s "$out" ]
tap $? "nothing is left behind"

# Odd, but good.
cat >"$work/odd.toml" <<END
[base]
nmae = "odd"
[kernel]
entry_point = $load
memory_regions = [
  { gpa = ${ram_base}, size = "1M", flags = 7, map_type = 1 },
]
END
t 0 "unknown key and identical memory" create -n odd "$work/odd.toml"
complains "the key is named, and the near one" "odd.toml:2: unknown key base.nmae.*did you mean name"
complains "allocated memory instead" "odd.toml:6: .*allocated memory instead"
t 0 "show --config" show --config odd
is_json "is JSON"
says "with an absolute path" "\"file\": \"$work/odd.toml\""
t 0 "show --json" show --json odd
says "the region" '"size": 1048576'
t 0 "destroy" destroy odd

# The normalised form survives the file.
f=$(toml keep "$work/x.bin")
t 0 "create without -n" create "$f"
says "prints the name" "^keep$"
rm "$f"
t 0 "reset does without the file" reset keep
rm "$work/x.bin"
t 9 "reset with an image gone" reset keep
complains "it is named" "x.bin"
t 0 "destroy" destroy keep

# Options instead of a file, and options that beat one.
t 2 "create of nothing" create -n none
complains "says what is missing" "CONFIG.toml. or --kernel"
t 9 "--kernel without memory" create -n none --kernel "$work/none"
complains "is said" "memory"
t 9 "--kernel that is not there" create -n none --memory 16M --kernel "$work/none"
t 2 "--memory of nonsense" create --memory much --kernel "$work/none"
t 9 "--memory that is not pages" create -m 4097 --kernel "$work/none"
complains "names the command line" "command line: memory is a multiple of 4096"
printf 'x' >"$work/x.bin"
f=$(toml flags "$work/x.bin")
t 0 "options beat a file" create -n flags --memory 32M --cpus 2 --affinity 0/0-1 "$f"
t 0 "show" show flags --json
says "memory" '"memory": 33554432'
says "the second vCPU's CPUs" '"affinity": "0-1"'
t 0 "destroy" destroy flags
rm "$work/x.bin"

# Several vCPUs, hardware ids, affinity.
printf 'x' >"$work/x.bin"
cat >"$work/smp.toml" <<END
[base]
name = "smp"
cpu_num = 2
phys_cpu_ids = [0, 1]
phys_cpu_sets = [1, 3]
[kernel]
entry_point = $load
memory_regions = [$ram]
[[image]]
path = "x.bin"
at = $load
END
t 0 "two vCPUs" create "$work/smp.toml"
t 0 "show" show smp --json
says "the first one's CPU" '"affinity": "0"'
says "the second one's CPUs" '"affinity": "0-1"'
t 0 "the image is there" mem read smp "$load" 1
says "its byte" " 78  *|x|"
t 0 "destroy" destroy smp
sed -i 's/\[1, 3\]/[1, 0x8000_0000_0000]/' "$work/smp.toml"
t 9 "a CPU that is not there" create "$work/smp.toml"
complains "line and mask" "smp.toml:5: .*names no CPU"
# Hypercalls of programs.
cat >"$work/calls.toml" <<END
name = "calls"
user_calls = true
memory = "1M"
[boot]
entry = $load
END
t 0 "create with user_calls" create "$work/calls.toml"
t 0 "show" show --json calls
says "the VM has it" '"user_calls": true'
t 0 "show --config" show --config calls
says "it carries the key" '"user_calls": true'
t 0 "destroy" destroy calls

# The CPU's own physical timer: a VHE host's to give.
cat >"$work/ptimer.toml" <<END
name = "ptimer"
memory = "1M"
physical_timer = "passthrough"
[boot]
entry = $load
END
t 0 "what there is" version --json
if grep -q '"ptimer"' "$out"; then
	t 0 "a host that has it to give: check" config check "$work/ptimer.toml"
	t 0 "create" create "$work/ptimer.toml"
	t 0 "show" show --json ptimer
	says "the VM has it" '"physical_timer": true'
	t 0 "show --config" show --config ptimer
	says "it carries the key" '"physical_timer": "passthrough"'
	t 0 "destroy" destroy ptimer
else
	t 9 "a host that keeps it: create" create "$work/ptimer.toml"
	complains "key, line and reason" \
		"ptimer.toml:3: physical_timer cannot be \"passthrough\" here: "
fi
# A guest cannot take interrupts by itself anywhere.
sed -i 's/^physical_timer/interrupts/' "$work/ptimer.toml"
for cmd in "config check" create; do
	# shellcheck disable=SC2086
	t 9 "interrupts = passthrough: $cmd" $cmd "$work/ptimer.toml"
	complains "key and line" \
		"ptimer.toml:3: interrupts \"passthrough\" is understood"
done
tap_end
