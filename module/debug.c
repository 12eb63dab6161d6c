// SPDX-License-Identifier: GPL-2.0
/*
 * Debugging a guest from outside: what a vCPU is asked to watch for, and what
 * becomes of a VM when one of its vCPUs hits it.
 *
 * A vCPU that hit something holds itself (vcpu->broken); the VM follows from
 * the reaper's queue, because suspending takes the lock that whoever ends the
 * VM holds while it waits for this vCPU.
 */
#include "module/arch.h"
#include "module/core.h"
#include "module/lib/vmargs.h"

int axvm_vcpu_debug(struct axvm_vcpu *vcpu, struct axvm_vcpu_debug *arg)
{
	int err = axvm_args_vcpu_debug(arg);

	if (err)
		return err;
	if (arg->flags & AXVM_DEBUG_HOLD && vcpu->sync)
		return -EOPNOTSUPP;
	err = axvm_vcpu_visit(vcpu);
	if (err)
		return err;
	err = axvm_arch_vcpu_debug(vcpu, arg);
	if (!err)
		WRITE_ONCE(vcpu->held, arg->flags & AXVM_DEBUG_HOLD);
	axvm_vcpu_leave(vcpu);
	return err;
}

/* The first vCPU that hit something, or NULL. */
static struct axvm_vcpu *broken_vcpu(struct axvm_vm *vm)
{
	unsigned int i;

	for (i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct axvm_vcpu *vcpu = READ_ONCE(vm->vcpus[i]);

		if (vcpu && READ_ONCE(vcpu->broken))
			return vcpu;
	}
	return NULL;
}

void axvm_vm_break_work(struct work_struct *work)
{
	struct axvm_vm *vm = container_of(work, struct axvm_vm, brk);
	struct axvm_vcpu *vcpu = broken_vcpu(vm);

	/* Somebody may have resumed, reset or ended it meanwhile. */
	if (vcpu)
		axvm_vm_suspend_for(vm, AXVM_EXIT_DEBUG, vcpu->index);
	axvm_vm_put(vm);
}

void axvm_vcpu_break(struct axvm_vcpu *vcpu)
{
	axvm_exit_record(vcpu);
	WRITE_ONCE(vcpu->broken, true);
	if (vcpu->sync)
		return; /* whoever runs it is told */
	axvm_vm_queue_break(vcpu->vm);
}

void axvm_vm_unhold(struct axvm_vm *vm)
{
	unsigned int i;

	for (i = 0; i < AXVM_MAX_VCPUS; i++)
		if (vm->vcpus[i])
			WRITE_ONCE(vm->vcpus[i]->held, false);
}

void axvm_vm_unbreak(struct axvm_vm *vm)
{
	unsigned int i;

	for (i = 0; i < AXVM_MAX_VCPUS; i++)
		if (vm->vcpus[i])
			WRITE_ONCE(vm->vcpus[i]->broken, false);
}
