// SPDX-License-Identifier: GPL-2.0
/*
 * HVC and SMC of the guest: calls of PSCI and of the SMC calling convention
 * are answered here, never by the host's firmware; the rest are hypercalls.
 */
#include <linux/random.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/trap.h"
#include "arch/arm64/emul/psci.h"

/* MPIDR_EL1 without its flags: Aff3 and Aff2-0 */
#define MPIDR_AFFINITY (GENMASK_ULL(39, 32) | GENMASK_ULL(23, 0))

static struct axvm_vcpu *vcpu_by_mpidr(struct axvm_vm *vm, u64 mpidr)
{
	unsigned int i;

	if (mpidr & ~MPIDR_AFFINITY)
		return NULL;
	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *v = READ_ONCE(vm->vcpus[i]);

		if (v && v->hw_id == mpidr)
			return v;
	}
	return NULL;
}

/*
 * The registers are the target's own from the moment it is on, so they wait in
 * @on until it takes them; one caller wins.
 */
static int psci_cpu_on(void *opaque, u64 mpidr, u64 entry, u64 context)
{
	struct axvm_vcpu *v = vcpu_by_mpidr(opaque, mpidr);
	int was;

	if (!v)
		return PSCI_INVALID_PARAMETERS;
	if (!READ_ONCE(v->off))
		return PSCI_ALREADY_ON;
	was = atomic_cmpxchg(&v->arch.on.state, ARM64_ON_NONE,
			     ARM64_ON_FILLING);
	if (was != ARM64_ON_NONE)
		return PSCI_ON_PENDING;
	v->arch.on.entry = entry;
	v->arch.on.context = context;
	/* Pairs with the acquire in arm64_power_on_finish(). */
	atomic_set_release(&v->arch.on.state, ARM64_ON_READY);
	axvm_vcpu_power_on(v);
	return PSCI_SUCCESS;
}

void arm64_power_on_finish(struct axvm_vcpu *vcpu)
{
	struct arm64_power_on *on = &vcpu->arch.on;

	if (atomic_read_acquire(&on->state) != ARM64_ON_READY)
		return;
	arm64_regs_power_on(vcpu, on->entry, on->context);
	atomic_set(&on->state, ARM64_ON_NONE);
}

static int psci_cpu_state(void *opaque, u64 mpidr)
{
	struct axvm_vcpu *v = vcpu_by_mpidr(opaque, mpidr);

	if (!v)
		return PSCI_INVALID_PARAMETERS;
	if (atomic_read(&v->arch.on.state) != ARM64_ON_NONE)
		return 2;
	return READ_ONCE(v->off);
}

static bool psci_entry_valid(void *opaque, u64 entry)
{
	return !(entry & 3) && !(entry >> arm64_gpa_bits());
}

static bool psci_random(void *opaque, u64 out[3], unsigned int bits)
{
	get_random_bytes(out, DIV_ROUND_UP(bits, 64) * sizeof(u64));
	return true;
}

static const struct psci_ops psci_ops = {
	.cpu_on = psci_cpu_on,
	.cpu_state = psci_cpu_state,
	.entry_valid = psci_entry_valid,
	.random = psci_random,
};

static enum axvm_run hypercall(struct axvm_vcpu *vcpu)
{
	struct axvm_exit *e = arm64_record(vcpu, AXVM_EXIT_HYPERCALL);
	unsigned int i;

	e->hypercall.nr = arm64_get_x(vcpu, 0);
	for (i = 0; i < 6; i++)
		e->hypercall.args[i] = arm64_get_x(vcpu, i + 1);
	e->hypercall.level = vcpu->arch.hyp->pstate >> 2 & 3;
	return AXVM_RUN_EXIT;
}

/* The PC is past the instruction already. */
static enum axvm_run call(struct axvm_vcpu *vcpu)
{
	struct psci_call c;
	enum psci_action action;
	unsigned int i;

	memcpy(c.x, vcpu->arch.hyp->x, sizeof(c.x));
	c.results = 0;
	action = psci_call(&psci_ops, vcpu->vm, &c);
	for (i = 0; i < c.results && i < 4; i++)
		vcpu->arch.hyp->x[i] = c.x[i];
	switch (action) {
	case PSCI_DONE:
		return AXVM_RUN_RESUME;
	case PSCI_WAIT:
		arm64_record(vcpu, AXVM_EXIT_HALT);
		return AXVM_RUN_WAIT;
	case PSCI_CPU_OFF_NOW:
		arm64_record(vcpu, AXVM_EXIT_CPU_DOWN);
		return AXVM_RUN_OFF;
	case PSCI_SYSTEM_OFF_NOW:
		arm64_record(vcpu, AXVM_EXIT_SYSTEM_DOWN);
		return AXVM_RUN_STOP;
	case PSCI_SYSTEM_RESET_NOW:
		arm64_record(vcpu, AXVM_EXIT_RESET);
		return AXVM_RUN_STOP;
	case PSCI_NOT_MINE:
		break;
	}
	return hypercall(vcpu);
}

/* The return address of an HVC is the next instruction. */
enum axvm_run arm64_exit_hvc(struct axvm_vcpu *vcpu, u64 esr)
{
	return call(vcpu);
}

/* That of a trapped SMC is the SMC itself. */
enum axvm_run arm64_exit_smc(struct axvm_vcpu *vcpu, u64 esr)
{
	arm64_skip(vcpu);
	return call(vcpu);
}

void arm64_hypercall_complete(struct axvm_vcpu *vcpu, u64 data)
{
	arm64_set_x(vcpu, 0, data);
}
