// SPDX-License-Identifier: GPL-2.0
/*
 * HVC and SMC of the guest: calls of PSCI and of the SMC calling convention
 * are answered here, never by the host's firmware; the rest are hypercalls.
 */
#include <linux/random.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/inject.h"
#include "arch/arm64/trap.h"
#include "arch/arm64/emul/esr.h"
#include "arch/arm64/emul/smccc.h"

/* ---- other vCPUs ---------------------------------------------------------- */

static struct axvm_vcpu *vcpu_by_mpidr(struct axvm_vm *vm, u64 mpidr)
{
	unsigned int i;

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
	struct axvm_vm *vm = opaque;
	struct axvm_vcpu *v = vcpu_by_mpidr(vm, mpidr);

	if (!v)
		return -ENOENT;
	if (!READ_ONCE(v->off))
		return -EALREADY;
	if (entry >> arm64_gpa_bits())
		return -EFAULT;
	if (atomic_cmpxchg(&v->arch.on.state, ARM64_ON_NONE,
			   ARM64_ON_FILLING) != ARM64_ON_NONE)
		return -EINPROGRESS;
	v->arch.on.entry = entry;
	v->arch.on.context = context;
	/* Pairs with the acquire in arm64_power_on_finish(). */
	atomic_set_release(&v->arch.on.state, ARM64_ON_READY);
	axvm_vcpu_power_on(v);
	return 0;
}

void arm64_power_on_finish(struct axvm_vcpu *vcpu)
{
	struct arm64_power_on *on = &vcpu->arch.on;

	if (atomic_read_acquire(&on->state) != ARM64_ON_READY)
		return;
	arm64_regs_power_on(vcpu, on->entry, on->context);
	atomic_set(&on->state, ARM64_ON_NONE);
}

static int vcpu_affinity_state(struct axvm_vcpu *v)
{
	if (atomic_read(&v->arch.on.state) != ARM64_ON_NONE)
		return VPSCI_AFFINITY_ON_PENDING;
	return READ_ONCE(v->off) ? VPSCI_AFFINITY_OFF : VPSCI_AFFINITY_ON;
}

static int psci_affinity(void *opaque, u64 mpidr, u64 mask)
{
	struct axvm_vm *vm = opaque;
	int state = -ENOENT;
	unsigned int i;

	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *v = READ_ONCE(vm->vcpus[i]);
		int one;

		if (!v || ((v->hw_id ^ mpidr) & mask))
			continue;
		one = vcpu_affinity_state(v);
		if (one == VPSCI_AFFINITY_ON)
			return one;
		if (state != VPSCI_AFFINITY_ON_PENDING)
			state = one;
	}
	return state;
}

static const struct vpsci_ops psci_ops = {
	.cpu_on = psci_cpu_on,
	.affinity = psci_affinity,
};

static bool call_random(void *opaque, u64 *words, unsigned int nr)
{
	get_random_bytes(words, nr * sizeof(*words));
	return true;
}

/*
 * What guests are offered, by what this CPU does at each exit (@mitigate).  A
 * guest's own kernel wants help when its users come in: every exit does what
 * the CPU needs, so a call that traps is enough.  A CPU that needs a loop or
 * CLRBHB, or nothing, says so in its ID registers.
 */
#define CALL_VM(wa1, wa3)                                           \
	{                                                           \
		.psci = &psci_ops, .random = call_random,           \
		.workaround = { VSMCCC_WA_##wa1, VSMCCC_WA_UNKNOWN, \
				VSMCCC_WA_##wa3 },                  \
	}

static const struct vsmccc_vm call_vms[] = {
	[HYP_MITIGATE_NONE] = CALL_VM(UNKNOWN, UNKNOWN),
	[HYP_MITIGATE_LOOP] = CALL_VM(UNKNOWN, UNKNOWN),
	[HYP_MITIGATE_CLRBHB] = CALL_VM(UNKNOWN, UNKNOWN),
	[HYP_MITIGATE_WA1] = CALL_VM(NEEDED, UNKNOWN),
	[HYP_MITIGATE_WA3] = CALL_VM(NEEDED, NEEDED),
};

/* ---- the calls -------------------------------------------------------------- */

#define CALL_BYTES 4

/* The PC is past the instruction already; a record names the instruction. */
static struct axvm_exit *call_record(struct axvm_vcpu *vcpu, u32 reason)
{
	struct axvm_exit *e = arm64_record(vcpu, reason);

	e->pc -= CALL_BYTES;
	return e;
}

static enum axvm_run hypercall(struct axvm_vcpu *vcpu)
{
	struct axvm_exit *e = call_record(vcpu, AXVM_EXIT_HYPERCALL);
	unsigned int i;

	e->hypercall.nr = arm64_get_x(vcpu, 0);
	for (i = 0; i < 6; i++)
		e->hypercall.args[i] = arm64_get_x(vcpu, i + 1);
	e->hypercall.level = vcpu->arch.hyp->pstate >> 2 & 3;
	return AXVM_RUN_EXIT;
}

static noinline enum axvm_run call_finish(struct axvm_vcpu *vcpu,
					  const struct vsmccc_result *res)
{
	switch (res->action) {
	case VPSCI_WAIT:
		return AXVM_RUN_WAIT; /* arm64_record_wait() */
	case VPSCI_OFF:
		call_record(vcpu, AXVM_EXIT_CPU_DOWN);
		return AXVM_RUN_OFF;
	case VPSCI_POWEROFF:
		call_record(vcpu, AXVM_EXIT_SYSTEM_DOWN);
		return AXVM_RUN_STOP;
	case VPSCI_RESET:
		call_record(vcpu, AXVM_EXIT_RESET)->raw[0] = res->arg;
		return AXVM_RUN_STOP;
	case VPSCI_NOTHING:
		break;
	}
	return AXVM_RUN_RESUME;
}

/* The PC is past the instruction already. */
static __always_inline enum axvm_run call(struct axvm_vcpu *vcpu, u64 esr)
{
	struct vsmccc_result *res = &vcpu->arch.call;
	struct hyp_vcpu *h = vcpu->arch.hyp;
	unsigned int i;

	if (syn_call_imm(esr) || !vsmccc_is_call(h->x[0]))
		return hypercall(vcpu);
	vsmccc_call(&call_vms[h->mitigate], vcpu->vm, h->x, res);
	if (likely(res->nr))
		h->x[0] = res->x[0];
	for (i = 1; unlikely(i < res->nr); i++)
		h->x[i] = res->x[i];
	/* A workaround it asked for was carried out by its exit already. */
	if (likely(res->action == VPSCI_NOTHING))
		return AXVM_RUN_RESUME;
	return call_finish(vcpu, res);
}

/* The return address of an HVC is the next instruction. */
enum axvm_run arm64_exit_hvc(struct axvm_vcpu *vcpu, u64 esr)
{
	return call(vcpu, esr);
}

/* That of a trapped SMC is the SMC itself. */
enum axvm_run arm64_exit_smc(struct axvm_vcpu *vcpu, u64 esr)
{
	arm64_skip(vcpu);
	return call(vcpu, esr);
}

void arm64_hypercall_complete(struct axvm_vcpu *vcpu, u64 data, bool fault)
{
	if (!fault) {
		arm64_set_x(vcpu, 0, data);
		return;
	}
	/* As if there were no such instruction: the fault is its own. */
	vcpu->arch.hyp->pc -= CALL_BYTES;
	arm64_inject_undefined(vcpu);
}
