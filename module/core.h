/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core's own files share and no architecture sees: the units of the
 * module, transitions of VMs, the vCPU run loop, descriptors.
 */
#ifndef AXVM_CORE_H
#define AXVM_CORE_H

#include <linux/fs.h>
#include "module/vm.h"

struct axvm_why;

#define AXVM_VERSION "0.1.0"

/* vm.c: objects */
int axvm_vm_create(struct axvm_vm_create *arg, struct axvm_vm **out);
struct axvm_vm *axvm_vm_find(u64 id, const char *name);
struct axvm_vm *axvm_vm_next(u64 after);
bool axvm_vm_may(struct axvm_vm *vm);
int axvm_vm_destroy(struct axvm_vm *vm);
void axvm_vm_fill_info(struct axvm_vm *vm, struct axvm_vm_info *info);
unsigned int axvm_vm_count(void);
int axvm_vms_init(void);
void axvm_vms_exit(void);

/* account.c: limits */
int axvm_account_open(struct axvm_vm *vm);
void axvm_account_close(struct axvm_vm *vm);
int axvm_account_vcpu(struct axvm_vm *vm);
void axvm_account_vcpu_undo(struct axvm_vm *vm);
extern unsigned int axvm_max_vms;
extern unsigned int axvm_max_vms_uid;

/* vm_state.c: transitions */
int axvm_vm_start(struct axvm_vm *vm, const struct axvm_vm_op *op);
int axvm_vm_stop(struct axvm_vm *vm, const struct axvm_vm_op *op);
int axvm_vm_suspend(struct axvm_vm *vm, u32 flags);
/** Suspend, or tell another reason for being suspended (process). */
int axvm_vm_suspend_for(struct axvm_vm *vm, u32 reason, u64 detail);
int axvm_vm_resume(struct axvm_vm *vm);
int axvm_vm_reset(struct axvm_vm *vm, const struct axvm_vm_op *op);
int axvm_vm_wait(struct axvm_vm *vm, struct axvm_vm_wait *arg);
void axvm_vm_gate_close(struct axvm_vm *vm, enum axvm_request req);
void axvm_vm_gate_open(struct axvm_vm *vm, enum axvm_request req);
void axvm_vm_live(struct axvm_vcpu *vcpu, bool live);
static inline u32 axvm_vm_state(struct axvm_vm *vm)
{
	return READ_ONCE(vm->state);
}

/* vcpu.c: objects, visitors, registers */
int axvm_vcpu_create(struct axvm_vm *vm, struct axvm_vcpu_create *arg);
void axvm_vcpu_teardown(struct axvm_vcpu *vcpu);
void axvm_vcpu_free(struct axvm_vcpu *vcpu);
void axvm_vcpu_boot(struct axvm_vcpu *vcpu);
void axvm_vcpu_reset(struct axvm_vcpu *vcpu);
void axvm_vcpu_fill_info(struct axvm_vcpu *vcpu, struct axvm_vcpu_info *info);
int axvm_vcpu_set_affinity(struct axvm_vcpu *vcpu,
			   const struct axvm_vcpu_affinity *arg);
int axvm_vcpu_regs(struct axvm_vcpu *vcpu, const struct axvm_regs *arg,
		   bool set);
int axvm_vcpu_reg_ids(struct axvm_vcpu *vcpu, struct axvm_reg_list *arg);
int axvm_vcpu_control(struct axvm_vcpu *vcpu, struct axvm_control *arg);
int axvm_vcpu_reg_list(struct axvm_vcpu *vcpu, struct axvm_reg_list *arg,
		       bool set);
void axvm_vcpu_set_state(struct axvm_vcpu *vcpu, u32 state, u32 wait);

/* vcpu_thread.c: running */
int axvm_vcpu_thread_create(struct axvm_vcpu *vcpu);
int axvm_vcpu_run_sync(struct axvm_vcpu *vcpu, struct axvm_vcpu_run *arg);
int axvm_vcpu_run_next(struct axvm_vcpu *vcpu, u64 answer);

/* dev.c: descriptors */
int axvm_dev_init(void);
void axvm_dev_exit(void);

/* debug.c */
int axvm_vcpu_debug(struct axvm_vcpu *vcpu, struct axvm_vcpu_debug *arg);
/** vcpu->exit is a DEBUG record: hold still, and the VM with it (own thread). */
void axvm_vcpu_break(struct axvm_vcpu *vcpu);
void axvm_vm_break_work(struct work_struct *work);
/** Let vCPUs go on that hit something (vm->lock held, vCPUs out). */
void axvm_vm_unbreak(struct axvm_vm *vm);
/** No vCPU is held by a debugger any more; vm->lock held. */
void axvm_vm_unhold(struct axvm_vm *vm);
/** vm.c: queue axvm_vm_break_work(). */
void axvm_vm_queue_break(struct axvm_vm *vm);

#endif /* AXVM_CORE_H */
