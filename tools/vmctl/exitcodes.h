/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exit codes of vmctl: the only place that gives them numbers.  vmctl.1 and
 * `vmctl help exit-codes` say the same.
 */
#ifndef VMCTL_EXITCODES_H
#define VMCTL_EXITCODES_H

/* X(NAME, number, meaning) */
#define VMCTL_EXITS(X)                                                       \
	X(OK, 0, "done; run: the guest powered off or halted for good")      \
	X(FAILED, 1, "failed for a reason that has no number of its own")    \
	X(USAGE, 2, "bad command line")                                      \
	X(NO_VM, 3, "no VM of that name or id")                              \
	X(DENIED, 4, "permission denied")                                    \
	X(EXISTS, 5, "the name is taken, or something overlaps")             \
	X(STATE, 6, "the VM is in a state that does not allow it")           \
	X(MODULE, 7, "axvm is not loaded, or speaks another ABI version")    \
	X(CPU, 8, "this host cannot run guests now (vmctl doctor says why)") \
	X(CONFIG, 9, "the configuration or a file it names is not usable")   \
	X(TRIPLE, 10, "run: triple fault")                                   \
	X(ENTRY, 11, "run: the CPU refused to enter the guest")              \
	X(INTERNAL, 12, "run: stopped by an exit that axvm cannot handle")   \
	X(TIMEOUT, 13, "run, wait: the time was up")                         \
	X(DESTROYED, 14, "run, wait, console: the VM was destroyed")         \
	X(RESET, 15, "run: the guest asked for a reset, the policy is stop") \
	X(DETACHED, 16, "run: detached, the VM goes on")                     \
	X(STOPPED, 17, "run: stopped by another vmctl")                      \
	X(LIMIT, 18, "out of memory, or a limit is reached")                 \
	X(TESTS, 19, "test: not all tests are as they should be")            \
	X(DR_HARDWARE, 20, "doctor: no virtualization extension")            \
	X(DR_FIRMWARE, 21, "doctor: disabled by firmware, or EL2 is hidden") \
	X(DR_NESTED, 22, "doctor: this host is a guest without nesting")     \
	X(DR_KERNEL, 23, "doctor: the kernel lacks something axvm needs")    \
	X(DR_LOCKDOWN, 24, "doctor: secure boot keeps the module out")       \
	X(DR_MODULE, 25, "doctor: the module is missing or not loaded")      \
	X(DR_ABI, 26, "doctor: module and vmctl are of different versions")  \
	X(DR_ACCESS, 27, "doctor: no permission on the device")              \
	X(DR_BUSY, 28, "doctor: another hypervisor holds the CPU")           \
	X(DR_ENABLE, 29, "doctor: taking the CPU fails for another reason")

enum vmctl_exit {
#define VMCTL_EXIT_ENUM(name, nr, text) VMCTL_##name = nr,
	VMCTL_EXITS(VMCTL_EXIT_ENUM)
#undef VMCTL_EXIT_ENUM
};

#endif /* VMCTL_EXITCODES_H */
