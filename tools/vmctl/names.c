// SPDX-License-Identifier: GPL-2.0
/*
 * Words for the numbers of the uapi.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "names.h"
#include "uapi/axvm.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const vm_states[] = {
	[AXVM_VM_CREATED] = "created",
	[AXVM_VM_RUNNING] = "running",
	[AXVM_VM_SUSPENDED] = "suspended",
	[AXVM_VM_STOPPED] = "stopped",
};

static const char *const vcpu_states[] = {
	[AXVM_VCPU_CREATED] = "created",
	[AXVM_VCPU_FREE] = "free",
	[AXVM_VCPU_READY] = "ready",
	[AXVM_VCPU_RUNNING] = "running",
	[AXVM_VCPU_BLOCKED] = "blocked",
};

static const char *const waits[] = {
	[AXVM_WAIT_NONE] = "none",
	[AXVM_WAIT_HALT] = "halt",
	[AXVM_WAIT_PARKED] = "parked",
	[AXVM_WAIT_OFF] = "off",
	[AXVM_WAIT_SUSPENDED] = "suspended",
	[AXVM_WAIT_ENDED] = "ended",
};

static const char *const policies[] = {
	[AXVM_POLICY_DESTROY] = "destroy",
	[AXVM_POLICY_KEEP] = "keep",
	[AXVM_POLICY_PAUSE] = "pause",
};

static const char *const backends[] = {
	[AXVM_BACKEND_NONE] = "none",
	[AXVM_BACKEND_VMX] = "vmx",
	[AXVM_BACKEND_SVM] = "svm",
	[AXVM_BACKEND_NVHE] = "nvhe",
	[AXVM_BACKEND_VHE] = "vhe",
};

static const char *const whys[] = {
	[AXVM_WHY_OK] = "ok",
	[AXVM_WHY_NO_EXTENSION] = "no-extension",
	[AXVM_WHY_FIRMWARE] = "firmware",
	[AXVM_WHY_BUSY] = "busy",
	[AXVM_WHY_BAD_CR] = "bad-cr",
	[AXVM_WHY_BAD_BASIC] = "bad-basic",
	[AXVM_WHY_ENTER_FAILED] = "enter-failed",
	[AXVM_WHY_NO_CONTROL] = "no-control",
	[AXVM_WHY_NO_NESTED_PAGING] = "no-nested-paging",
	[AXVM_WHY_KERNEL_SYMBOL] = "kernel-symbol",
	[AXVM_WHY_KVM] = "kvm",
	[AXVM_WHY_PROTECTED] = "protected-kvm",
	[AXVM_WHY_NO_EL2] = "no-el2",
	[AXVM_WHY_INTERRUPT_CONTROLLER] = "interrupt-controller",
	[AXVM_WHY_CPU_OFFLINE] = "cpu-offline",
};

static const char *const exits[] = {
	[AXVM_EXIT_NONE] = "none",
	[AXVM_EXIT_HYPERCALL] = "hypercall",
	[AXVM_EXIT_MMIO_READ] = "mmio-read",
	[AXVM_EXIT_MMIO_WRITE] = "mmio-write",
	[AXVM_EXIT_SYSREG_READ] = "sysreg-read",
	[AXVM_EXIT_SYSREG_WRITE] = "sysreg-write",
	[AXVM_EXIT_IO_READ] = "io-read",
	[AXVM_EXIT_IO_WRITE] = "io-write",
	[AXVM_EXIT_EXTERNAL_INTERRUPT] = "external-interrupt",
	[AXVM_EXIT_NESTED_PAGE_FAULT] = "nested-page-fault",
	[AXVM_EXIT_HALT] = "halt",
	[AXVM_EXIT_CPU_UP] = "cpu-up",
	[AXVM_EXIT_CPU_DOWN] = "cpu-down",
	[AXVM_EXIT_SYSTEM_DOWN] = "system-down",
	[AXVM_EXIT_NOTHING] = "nothing",
	[AXVM_EXIT_FAIL_ENTRY] = "fail-entry",
	[AXVM_EXIT_SEND_IPI] = "send-ipi",
	[AXVM_EXIT_IDLE] = "idle",
	[AXVM_EXIT_PREEMPTION_TIMER] = "preemption-timer",
	[AXVM_EXIT_INTERRUPT_END] = "interrupt-end",
	[AXVM_EXIT_TRIPLE_FAULT] = "triple-fault",
	[AXVM_EXIT_INTERNAL_ERROR] = "internal-error",
	[AXVM_EXIT_PAUSED] = "paused",
	[AXVM_EXIT_DEBUG] = "debug",
	[AXVM_EXIT_RESET] = "reset",
	[AXVM_EXIT_MEMORY] = "memory",
	[AXVM_EXIT_EXCEPTION] = "exception",
	[AXVM_EXIT_UNKNOWN] = "unknown",
	[AXVM_EXIT_STOPPED] = "stopped",
	[AXVM_EXIT_HALTED] = "halted",
	[AXVM_EXIT_HOST] = "host",
	[AXVM_EXIT_CR] = "cr",
	[AXVM_EXIT_CPUID] = "cpuid",
};
_Static_assert(COUNT(exits) == AXVM_NR_EXITS, "every exit reason has a word");

static const char *const mem_kinds[] = {
	[AXVM_MEM_ALLOC] = "alloc",
	[AXVM_MEM_USER] = "user",
	[AXVM_MEM_HOST] = "host",
};

static const char *const capabilities[] = {
	"sync-run", "exit-ring", "flight",    "mem-user", "mem-host",
	"console",  "io-policy", "translate", "pio",	  "unrestricted",
	"platform", "debug",	  "gicv2",    "profile",  "control",
	"cpuid",    "ptimer",
};

#define LOOKUP(table, nr)                                                      \
	((nr) < COUNT(table) && (table)[nr] ? (table)[nr] : "?")

const char *name_vm_state(uint32_t state)
{
	return LOOKUP(vm_states, state);
}

const char *name_vcpu_state(uint32_t state)
{
	return LOOKUP(vcpu_states, state);
}

const char *name_wait(uint32_t wait)
{
	return LOOKUP(waits, wait);
}

const char *name_policy(uint32_t policy)
{
	return LOOKUP(policies, policy);
}

const char *name_backend(uint32_t backend)
{
	return LOOKUP(backends, backend);
}

const char *name_why(uint32_t why)
{
	return LOOKUP(whys, why);
}

const char *name_exit(uint32_t reason)
{
	return LOOKUP(exits, reason);
}

const char *name_mem_kind(uint32_t kind)
{
	return LOOKUP(mem_kinds, kind);
}

const char *name_capability(unsigned int bit)
{
	return bit < COUNT(capabilities) ? capabilities[bit] : NULL;
}

static int find(const char *const *table, unsigned int n, const char *word)
{
	for (unsigned int i = 0; i < n; i++) {
		if (table[i] && !strcasecmp(table[i], word))
			return (int)i;
	}
	return -1;
}

int name_to_vm_state(const char *word)
{
	return find(vm_states, COUNT(vm_states), word);
}

int name_to_exit(const char *word)
{
	return find(exits, COUNT(exits), word);
}

static const char *join(const char *const *table, unsigned int from,
			unsigned int n)
{
	static char buf[640];
	size_t len = 0;

	for (unsigned int i = from; i < n; i++)
		len += (size_t)snprintf(buf + len, sizeof(buf) - len, "%s%s",
					len ? ", " : "", table[i]);
	return buf;
}

const char *names_vm_state(void)
{
	return join(vm_states, 0, COUNT(vm_states));
}

const char *names_exit(void)
{
	return join(exits, 1, COUNT(exits));
}

/* Edits (insert, drop, change a letter) from @a to @b; words are short. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[65], n = (unsigned int)strnlen(b, 64);

	for (unsigned int j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned int i = 0; a[i] && i < 64; i++) {
		unsigned int diagonal = row[0];

		row[0] = i + 1;
		for (unsigned int j = 0; j < n; j++) {
			unsigned int change = diagonal + (a[i] != b[j]);
			unsigned int other = row[j + 1];

			if (row[j] < other)
				other = row[j];
			diagonal = row[j + 1];
			row[j + 1] = change < other + 1 ? change : other + 1;
		}
	}
	return row[n];
}

const char *name_nearest(const char *word, const char *const *list,
			 unsigned int n)
{
	unsigned int best = (unsigned int)strlen(word) / 3 + 1;
	const char *found = NULL;

	for (unsigned int i = 0; i < n; i++) {
		unsigned int d = list[i] ? distance(word, list[i]) : ~0u;

		if (d <= best && (!found || d < best)) {
			best = d;
			found = list[i];
		}
	}
	return found;
}

const char *name_hint(const char *word, const char *const *list, unsigned int n)
{
	const char *near = name_nearest(word, list, n);
	static char buf[512];
	size_t len;

	if (near) {
		snprintf(buf, sizeof(buf), "; did you mean \"%s\"?", near);
		return buf;
	}
	len = (size_t)snprintf(buf, sizeof(buf), "; it is ");
	for (unsigned int i = 0; i < n && len < sizeof(buf); i++)
		len += (size_t)snprintf(buf + len, sizeof(buf) - len, "%s%s",
					!i	   ? "" :
					i == n - 1 ? " or " :
						     ", ",
					list[i]);
	return buf;
}
