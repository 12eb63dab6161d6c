/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmctl doctor: facts about this host on one side, what they mean on the
 * other.  Judging is pure, so every illness can be tested without having it.
 */
#ifndef VMCTL_DOCTOR_H
#define VMCTL_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "uapi/axvm.h"

enum fact { FACT_UNKNOWN, FACT_NO, FACT_YES };

enum host_arch { HOST_OTHER, HOST_X86, HOST_ARM64 };

#define DOCTOR_BUGS 32

/** struct cpu_bug - a file of /sys/devices/system/cpu/vulnerabilities */
struct cpu_bug {
	char name[32];
	char text[128];
};

/**
 * struct facts - what there is to know about a host
 * @arch: of the kernel
 * @machine: its name, as uname(1) says
 * @release: the kernel's release
 * @cpu_vmx: CPUID says VMX
 * @cpu_svm: CPUID says SVM
 * @kernel_vmx: the kernel shows the flag (it hides it when firmware locked VMX)
 * @kernel_svm: likewise
 * @is_guest: this host runs under a hypervisor
 * @el2: arm64: the kernel was entered at EL2
 * @kvm_off: arm64: kvm-arm.mode=none is on the command line
 * @kvm_owner: module that may hold the CPU ("kvm_intel"), or ""
 * @kvm_users: and its use count
 * @module_file: axvm.ko is installed for this kernel
 * @module_loaded: it is loaded
 * @secure_boot: UEFI secure boot is on
 * @lockdown: the kernel's lockdown mode: "none", "integrity", ...; "": unknown
 * @sig_enforce: only signed modules are taken
 * @device: errno of opening the device, 0: it opened
 * @info_error: errno of asking it
 * @info: valid when both are 0
 * @bugs: CPU bugs that the kernel knows here, and what it does about them
 * @nr_bugs: how many
 * @mitigations: words of the module on what it does for the host's sake
 * @is_root: effective uid 0
 */
struct facts {
	enum host_arch arch;
	char machine[32];
	char release[80];
	enum fact cpu_vmx, cpu_svm, kernel_vmx, kernel_svm, is_guest, el2;
	bool kvm_off;
	char kvm_owner[16];
	int kvm_users;
	enum fact module_file, module_loaded, secure_boot, sig_enforce;
	char lockdown[32];
	int device;
	int info_error;
	struct axvm_info info;
	struct cpu_bug bugs[DOCTOR_BUGS];
	size_t nr_bugs;
	char mitigations[96];
	bool is_root;
};

enum finding_status { FINDING_OK, FINDING_WARN, FINDING_FAIL, FINDING_UNKNOWN };

/**
 * struct finding - one line of the report
 * @check: what was looked at; a word that does not change
 * @status: FINDING_*
 * @code: FAIL: exit code of this class
 * @text: what is so
 * @remedy: what to do; "" when nothing
 */
struct finding {
	const char *check;
	enum finding_status status;
	int code;
	char text[200];
	char remedy[200];
};

#define DOCTOR_CHECKS 10

/** Look at the host. */
void doctor_gather(struct facts *f);
/** Judge; returns the number of findings. */
size_t doctor_judge(const struct facts *f, struct finding out[DOCTOR_CHECKS]);
/** Exit code: the first failure's that is the cause of the others; 0. */
int doctor_code(const struct finding *list, size_t n);

#endif /* VMCTL_DOCTOR_H */
