// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl doctor: what the facts mean and what to do.  Pure.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "names.h"
#include "vmctl.h"

#define SET(f, s, c, t, r, ...)                                           \
	do {                                                              \
		(f)->status = (s);                                        \
		(f)->code = (c);                                          \
		snprintf((f)->text, sizeof((f)->text), t, ##__VA_ARGS__); \
		snprintf((f)->remedy, sizeof((f)->remedy), "%s", r);      \
	} while (0)

#define OK(f, t, ...) SET(f, FINDING_OK, 0, t, "", ##__VA_ARGS__)
#define WARN(f, t, r, ...) SET(f, FINDING_WARN, 0, t, r, ##__VA_ARGS__)
#define FAIL(f, c, t, r, ...) SET(f, FINDING_FAIL, c, t, r, ##__VA_ARGS__)
#define UNKNOWN(f, t, r, ...) SET(f, FINDING_UNKNOWN, 0, t, r, ##__VA_ARGS__)

static bool asked(const struct facts *f)
{
	return !f->device && !f->info_error && f->info.abi == AXVM_ABI_VERSION;
}

/* The module has looked itself: what it says beats every guess. */
static bool module_says(const struct facts *f, __u32 why)
{
	return asked(f) && f->info.why == why;
}

static void cpu_x86(const struct facts *f, struct finding *o)
{
	if (f->cpu_vmx == FACT_YES)
		OK(o, "the CPU has VMX");
	else if (f->cpu_svm == FACT_YES)
		OK(o, "the CPU has SVM");
	else if (f->is_guest == FACT_YES)
		FAIL(o, VMCTL_DR_NESTED,
		     "this host is itself a guest, and its hypervisor offers neither VMX nor SVM",
		     "turn on nested virtualization in the outer hypervisor, or use the emulated box (make demo)");
	else
		FAIL(o, VMCTL_DR_HARDWARE, "the CPU has neither VMX nor SVM",
		     "use another machine, or the emulated box (make demo)");
}

static void check_cpu(const struct facts *f, struct finding *o)
{
	o->check = "cpu";
	if (f->arch == HOST_X86) {
		cpu_x86(f, o);
	} else if (f->arch == HOST_ARM64) {
		OK(o, "an arm64 CPU; EL2 is looked at below");
	} else {
		FAIL(o, VMCTL_DR_HARDWARE,
		     "axvm does not know the architecture %s",
		     "use x86-64 or arm64, or the emulated box (make demo)",
		     f->machine);
	}
}

static void firmware_x86(const struct facts *f, struct finding *o)
{
	bool hidden = (f->cpu_vmx == FACT_YES && f->kernel_vmx == FACT_NO) ||
		      (f->cpu_svm == FACT_YES && f->kernel_svm == FACT_NO);

	if (hidden || module_says(f, AXVM_WHY_FIRMWARE))
		FAIL(o, VMCTL_DR_FIRMWARE,
		     "the firmware has disabled virtualization and locked it",
		     "turn on VT-x or SVM in the firmware's set-up (often \"Virtualization Technology\"), then power the machine off and on");
	else if (f->cpu_vmx == FACT_YES || f->cpu_svm == FACT_YES)
		OK(o, "the firmware leaves virtualization on");
	else
		UNKNOWN(o, "there is nothing that firmware could turn off", "");
}

static void firmware_arm64(const struct facts *f, struct finding *o)
{
	if (f->el2 == FACT_YES ||
	    (asked(f) && f->info.backend != AXVM_BACKEND_NONE))
		OK(o, "the kernel was entered at EL2");
	else if (f->el2 == FACT_NO || module_says(f, AXVM_WHY_NO_EL2))
		FAIL(o,
		     f->is_guest == FACT_YES ? VMCTL_DR_NESTED :
					       VMCTL_DR_FIRMWARE,
		     "the kernel was entered at EL1: EL2 is not available",
		     "have the boot loader or outer hypervisor enter the kernel at EL2 (QEMU: -M virt,virtualization=on)");
	else
		UNKNOWN(o,
			"whether the kernel was entered at EL2 cannot be seen",
			"run vmctl doctor as root, or load the module");
}

static void check_firmware(const struct facts *f, struct finding *o)
{
	o->check = "firmware";
	if (f->arch == HOST_X86)
		firmware_x86(f, o);
	else if (f->arch == HOST_ARM64)
		firmware_arm64(f, o);
	else
		UNKNOWN(o, "not looked at", "");
}

static void check_nesting(const struct facts *f, struct finding *o)
{
	o->check = "nesting";
	if (f->is_guest == FACT_YES &&
	    (f->cpu_vmx == FACT_YES || f->cpu_svm == FACT_YES))
		WARN(o,
		     "this host is itself a guest, with nested virtualization",
		     "expect it to be slow, and its hypervisor's bugs to show");
	else if (f->is_guest == FACT_YES)
		WARN(o, "this host is itself a guest", "");
	else if (f->is_guest == FACT_NO)
		OK(o, "this host runs on the hardware itself");
	else
		UNKNOWN(o, "whether this host is a guest cannot be seen", "");
}

static void check_kernel(const struct facts *f, struct finding *o)
{
	o->check = "kernel";
	if (module_says(f, AXVM_WHY_KERNEL_SYMBOL))
		FAIL(o, VMCTL_DR_KERNEL, "kernel %.60s: %.100s",
		     "use a kernel that axvm supports (Documentation/support.md), with CONFIG_KPROBES",
		     f->release, f->info.why_text);
	else
		OK(o, "kernel %s", f->release);
}

static void check_signing(const struct facts *f, struct finding *o)
{
	bool strict = f->secure_boot == FACT_YES ||
		      f->sig_enforce == FACT_YES ||
		      (f->lockdown[0] && strcmp(f->lockdown, "none"));

	o->check = "lockdown";
	if (!strict)
		OK(o, "the kernel takes unsigned modules");
	else if (f->module_loaded == FACT_YES)
		WARN(o,
		     "secure boot or lockdown is on (%s); the module is loaded all the same",
		     "memory at host-physical addresses (map_type 1 and 2) is not available",
		     f->lockdown[0] ? f->lockdown : "signed modules only");
	else
		FAIL(o, VMCTL_DR_LOCKDOWN,
		     "secure boot or lockdown is on (%s): the kernel takes signed modules only",
		     "sign axvm.ko with a key enrolled by mokutil --import, or turn secure boot off",
		     f->lockdown[0] ? f->lockdown : "signed modules only");
}

static void check_module(const struct facts *f, struct finding *o)
{
	o->check = "module";
	if (f->module_loaded == FACT_YES)
		OK(o, "the module is loaded");
	else if (f->module_file == FACT_YES)
		FAIL(o, VMCTL_DR_MODULE,
		     "the module is installed, but not loaded",
		     "load it: modprobe axvm; dmesg says why if that fails");
	else
		FAIL(o, VMCTL_DR_MODULE, "there is no axvm.ko for kernel %s",
		     "build and install it: make && make install, then modprobe axvm",
		     f->release);
}

static void check_access(const struct facts *f, struct finding *o)
{
	o->check = "access";
	if (!f->device)
		OK(o, "%s can be opened", AXVM_DEVICE);
	else if (f->device == EACCES || f->device == EPERM)
		FAIL(o, VMCTL_DR_ACCESS, "no permission to open %s",
		     "run as root, or join the device's group (usermod -aG axvm USER, then log in again)",
		     AXVM_DEVICE);
	else if (f->module_loaded != FACT_YES)
		UNKNOWN(o, "%s is not there without the module", "",
			AXVM_DEVICE);
	else
		FAIL(o, VMCTL_DR_ACCESS,
		     "the module is loaded, but %s cannot be opened: %s",
		     "make the device node: udevadm trigger, or mknod by /sys/class/misc/axvm/dev",
		     AXVM_DEVICE, err_text(f->device));
}

static void check_abi(const struct facts *f, struct finding *o)
{
	o->check = "abi";
	if (f->device)
		UNKNOWN(o, "the module cannot be asked", "");
	else if (f->info_error)
		FAIL(o, VMCTL_DR_ABI, "%s does not answer as axvm does (%s)",
		     "install module and vmctl from the same version, and load the module anew",
		     AXVM_DEVICE, err_text(f->info_error));
	else if (f->info.abi != AXVM_ABI_VERSION)
		FAIL(o, VMCTL_DR_ABI, "the module speaks ABI %u, this vmctl %u",
		     "install module and vmctl from the same version, and load the module anew",
		     f->info.abi, AXVM_ABI_VERSION);
	else
		OK(o, "module and vmctl both speak ABI %u", AXVM_ABI_VERSION);
}

/* What a guest might read of its host, and whether the kernel prevents it. */
static void check_bugs(const struct facts *f, struct finding *o)
{
	char open[120] = "";
	size_t len = 0, n = 0;

	o->check = "cpu-bugs";
	for (size_t i = 0; i < f->nr_bugs; i++) {
		if (strncmp(f->bugs[i].text, "Vulnerable", 10))
			continue;
		n++;
		if (len < sizeof(open))
			len += (size_t)snprintf(open + len, sizeof(open) - len,
						"%s%s", len ? ", " : "",
						f->bugs[i].name);
	}
	if (!f->nr_bugs)
		UNKNOWN(o, "the kernel does not tell about CPU bugs", "");
	else if (n)
		WARN(o, "the host is open to: %s",
		     "run only guests that you trust, or boot without mitigations=off and with current microcode",
		     open);
	else
		OK(o, "the kernel mitigates the CPU's bugs");
	if (f->mitigations[0]) {
		len = strlen(o->text);
		snprintf(o->text + len, sizeof(o->text) - len,
			 "; around guests: %s", f->mitigations);
	}
}

/* Without the module: who would be in the way? */
static void guess_owner(const struct facts *f, struct finding *o)
{
	if (f->arch == HOST_ARM64 && f->kvm_owner[0] && !f->kvm_off)
		FAIL(o, VMCTL_DR_BUSY, "KVM holds EL2",
		     "boot with kvm-arm.mode=none on the kernel's command line");
	else if (f->kvm_users > 0)
		WARN(o, "%s is in use and may hold the CPU",
		     "stop KVM's guests, or rmmod it", f->kvm_owner);
	else
		UNKNOWN(o, "the module cannot be asked", "");
}

static int why_code(__u32 why)
{
	switch (why) {
	case AXVM_WHY_NO_EXTENSION:
		return VMCTL_DR_HARDWARE;
	case AXVM_WHY_FIRMWARE:
	case AXVM_WHY_NO_EL2:
		return VMCTL_DR_FIRMWARE;
	case AXVM_WHY_KERNEL_SYMBOL:
		return VMCTL_DR_KERNEL;
	case AXVM_WHY_BUSY:
	case AXVM_WHY_KVM:
	case AXVM_WHY_PROTECTED:
		return VMCTL_DR_BUSY;
	}
	return VMCTL_DR_ENABLE;
}

static const char *why_remedy(const struct facts *f)
{
	switch (f->info.why) {
	case AXVM_WHY_BUSY:
		return "stop the guests of the other hypervisor and unload it: rmmod kvm_intel, kvm_amd, vboxdrv, vmmon";
	case AXVM_WHY_KVM:
	case AXVM_WHY_PROTECTED:
		return "boot with kvm-arm.mode=none on the kernel's command line";
	case AXVM_WHY_FIRMWARE:
		return "turn on virtualization in the firmware's set-up, then power the machine off and on";
	case AXVM_WHY_NO_CONTROL:
	case AXVM_WHY_NO_NESTED_PAGING:
	case AXVM_WHY_BAD_BASIC:
	case AXVM_WHY_NO_EXTENSION:
		return "use a newer CPU, or the emulated box (make demo)";
	case AXVM_WHY_NO_EL2:
		return "have the boot loader or outer hypervisor enter the kernel at EL2";
	case AXVM_WHY_KERNEL_SYMBOL:
		return "use a kernel that axvm supports (Documentation/support.md)";
	}
	return "see dmesg; then report it with the output of vmctl doctor --json";
}

static void check_backend(const struct facts *f, struct finding *o)
{
	o->check = "guests";
	if (!asked(f))
		guess_owner(f, o);
	else if (f->info.why == AXVM_WHY_OK)
		OK(o, "guests can run (%s)", name_backend(f->info.backend));
	else
		FAIL(o, why_code(f->info.why), "guests cannot run (%s): %.150s",
		     why_remedy(f), name_why(f->info.why),
		     f->info.why_text[0] ? f->info.why_text :
					   "no more is known");
}

size_t doctor_judge(const struct facts *f, struct finding out[DOCTOR_CHECKS])
{
	static void (*const checks[DOCTOR_CHECKS])(const struct facts *,
						   struct finding *) = {
		check_cpu,     check_firmware, check_nesting, check_kernel,
		check_signing, check_module,   check_access,  check_abi,
		check_bugs,    check_backend,
	};

	memset(out, 0, DOCTOR_CHECKS * sizeof(*out));
	for (size_t i = 0; i < DOCTOR_CHECKS; i++)
		checks[i](f, &out[i]);
	return DOCTOR_CHECKS;
}

int doctor_code(const struct finding *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i].status == FINDING_FAIL)
			return list[i].code;
	}
	return VMCTL_OK;
}
