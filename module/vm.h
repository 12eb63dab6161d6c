/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VM and vCPU objects.  Lock order and lifetime rules: see vm.c.
 */
#ifndef AXVM_VM_H
#define AXVM_VM_H

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rcuwait.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "uapi/axvm.h"
#include "module/cpu.h"
#include "module/lib/types.h"
#include "module/mem.h"
#include "module/exit.h"
#include "module/device.h"
#include "module/watch.h"
#include <arch_types.h>

struct axvm_account;
struct axvm_console_ring;
struct axvm_profiler;

/**
 * struct axvm_vm - a virtual machine
 *
 * Legend: (c) constant after creation; (l) vm->lock;
 * (a) atomic; (s) vm->state_lock.
 */
struct axvm_vm {
	u64 id; /* (c) */
	char name[AXVM_NAME_SIZE]; /* (c) */
	kuid_t uid; /* (c) owner */
	kgid_t gid; /* (c) */
	u32 mode; /* (l) permission bits, 0600 style */
	u32 policy; /* (l) AXVM_POLICY_* */
	bool platform; /* (c) AXVM_VM_PLATFORM */
	bool user_calls; /* (c) AXVM_VM_USER_CALLS */
	bool ptimer; /* (c) AXVM_VM_PTIMER */
	bool profiled; /* (l) AXVM_SET_PROFILE; read freely */
	struct kref ref; /* descriptors, lookups, the list */
	atomic_t views; /* (a) open descriptors and mappings */
	struct work_struct reap; /* last view gone: carry out the policy */
	struct work_struct brk; /* a vCPU hit a breakpoint: suspend */
	struct mutex lock; /* configuration and transitions */

	u32 state; /* (s) AXVM_VM_* */
	u32 stop_reason; /* (s) AXVM_EXIT_* */
	u64 stop_detail; /* (s) */
	bool dead; /* (s) destroyed: every operation says ENODEV */
	raw_spinlock_t state_lock; /* CPU_ON comes with preemption off */
	wait_queue_head_t wq; /* state changes, exits in wait_reasons */
	u64 wait_reasons; /* (s) exits that somebody waits for; read freely */
	u32 waiters[AXVM_NR_EXITS]; /* (s) how many do */

	u64 created_ns; /* (c) */
	u64 started_ns; /* (l) */
	u64 suspended_at; /* (l) guest time stops here */

	struct axvm_vcpu *vcpus[AXVM_MAX_VCPUS]; /* (l) to add; read freely */
	unsigned int nr_vcpus; /* (l) */
	struct axvm_account *account; /* account.c's lock; NULL: destroyed */
	unsigned int vcpus_charged; /* likewise */
	unsigned int nr_live; /* (s) vCPUs not off and not halted for good */

	struct axvm_mem_space mem; /* mem.c */
	struct axvm_buses buses; /* device.c */
	struct axvm_console_ring *console; /* (c) console.c */
	void *blob; /* (l) AXVM_VM_BLOB_SET */
	size_t blob_len; /* (l) */

	struct axvm_vm_arch arch; /* the architecture's */
};

/* Requests to a vCPU, bits of axvm_vcpu.requests. */
enum axvm_request {
	AXVM_REQ_PAUSE, /* stay out until it is cleared (suspend, stop) */
	AXVM_REQ_FREEZE, /* stay out: the host suspends or reboots */
	AXVM_REQ_SYNC, /* leave the guest once: somebody wants its state */
	AXVM_REQ_IRQ, /* interrupt state changed */
	AXVM_REQ_TLB, /* flush nested translations before the next entry */
	AXVM_REQ_EVENT, /* an answer arrived, the ring was claimed, ... */
	AXVM_REQ_ARCH0, /* the architecture's own */
	AXVM_REQ_ARCH1,
	AXVM_REQ_ARCH2,
	AXVM_REQ_ARCH3,
};

/**
 * struct axvm_fault - a nested translation fault for the core
 * @gpa: guest-physical address
 * @gva: linear address if @gva_valid
 * @prot: AXVM_MEM_READ, WRITE or EXEC: what was tried
 * @gva_final: @gpa is where @gva leads, not a table on the way there
 * @hole: the core's: there is no memory at @gpa (not only none to write to)
 */
struct axvm_fault {
	gpa_t gpa;
	gva_t gva;
	u32 prot;
	bool gva_valid;
	bool gva_final;
	bool hole;
};

/**
 * struct axvm_vcpu - a virtual CPU
 *
 * Legend: (c) constant; (o) only the thread that runs it, or with run_lock
 * held while it is out; (a) atomic; (s) vm->state_lock.
 */
struct axvm_vcpu {
	struct axvm_vm *vm; /* (c) */
	unsigned int index; /* (c) */
	u64 hw_id; /* (c) */
	bool sync; /* (c) driven by AXVM_VCPU_RUN */

	unsigned long requests; /* (a) AXVM_REQ_* */
	int in_guest; /* 1 from before the last check of requests to after the
		       * exit; pairs with the barrier in axvm_vcpu_kick() */
	struct task_struct __rcu *task; /* who runs it now, for kicks */
	struct rcuwait wait; /* where it sleeps */
	struct mutex run_lock; /* held by whoever is inside the run loop, or
				* visits its state; see vcpu.c */
	atomic_t visitors; /* (a) who wants run_lock: the loop makes way */
	atomic_t sync_busy; /* (a) 1: a thread is inside AXVM_VCPU_RUN */

	u32 state; /* (o) AXVM_VCPU_*; read freely */
	u32 wait_why; /* (o) AXVM_WAIT_*; read freely */
	union {
		struct {
			bool halted; /* (o) in HLT or WFI, not woken yet */
			bool again; /* (o) @exit is a further record to
				     * dispatch */
			bool ended; /* (o) an exit stopped it, until reset */
			bool off; /* (o) powered off */
			bool broken; /* hit a breakpoint: set by (o), cleared
				      * with vm->lock */
			bool held; /* by its debugger: set by a visitor,
				    * cleared likewise */
		};
		u64 special; /* all of these at one look */
	};
	bool asleep; /* (o) halted and recorded as such */
	bool to_user; /* (o) the last access that no device answered is in a
		       * range of AXVM_IO_USER ... */
	u32 to_user_version; /* (o) ... by this version of the buses */
	bool live; /* (s) counted in vm->nr_live */
	struct task_struct *thread; /* (l) its kernel thread, or NULL */
	struct axvm_watch watch; /* (o) of that thread */
	bool watched; /* (o) axvm_arch_vcpu_switched() will be called */
	struct cpumask affinity; /* (l) */
	int cpu; /* (o) host CPU it last ran on, or -1 */
	int last_cpu_counted; /* (o) for stats */

	struct axvm_fault fault; /* (o) */
	u64 hole; /* (o) page without memory, with bit 0; 0: none known */
	u64 hole_added; /* (o) axvm_mem_added() of then */
	struct axvm_exit exit; /* (o) being built */
	struct axvm_exit_state exits; /* exit.c: ring, flight, parked */
	unsigned int bus_hint[AXVM_NR_BUSES]; /* (o) lib/bus.h */
	unsigned int policy_hint[AXVM_NR_SPACES]; /* (o) likewise */
	u64 stats[AXVM_NR_STATS]; /* (o) */
	u64 exit_counts[AXVM_NR_EXITS]; /* (o) */
	struct axvm_profiler *profile; /* (o) to add; profile.h */

	struct axvm_vcpu_arch arch; /* the architecture's */
};

/* Count @n of statistic @name on @vcpu: only in its own thread. */
#define axvm_stat(vcpu, name, n) ((vcpu)->stats[AXVM_STAT_##name] += (n))

/** Does AXVM_VM_WAIT wait for records with the last one's reason? */
static inline bool axvm_exit_awaited(const struct axvm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->vm->wait_reasons) &
	       BIT_ULL(vcpu->exits.last_reason);
}

/** Is an exit parked (answered or not, not finished yet)?  Any context. */
static inline bool axvm_exit_parked(const struct axvm_vcpu *vcpu)
{
	return READ_ONCE(vcpu->exits.parked_seq);
}

/** Has the parked exit been answered?  Lockless look, any context. */
static inline bool axvm_exit_answered(const struct axvm_vcpu *vcpu)
{
	return axvm_exit_parked(vcpu) && READ_ONCE(vcpu->exits.answered);
}

/**
 * axvm_vcpu_in_hole() - vcpu->fault is where there was no memory the last time,
 * and none has come since (own thread, any context)
 */
static inline bool axvm_vcpu_in_hole(const struct axvm_vcpu *vcpu)
{
	return vcpu->hole == ((vcpu->fault.gpa & PAGE_MASK) | 1) &&
	       vcpu->hole_added == axvm_mem_added(&vcpu->vm->mem);
}

/* vm.c: lifetime */
struct axvm_vm *axvm_vm_get(struct axvm_vm *vm);
void axvm_vm_put(struct axvm_vm *vm);
void axvm_vm_view_get(struct axvm_vm *vm);
void axvm_vm_view_put(struct axvm_vm *vm);
/** The same where no lock is held: policy carried out on return. */
void axvm_vm_view_put_sync(struct axvm_vm *vm);

/**
 * axvm_vm_stop_from() - the VM ends with @exit (from a vCPU's own thread, or
 * any process context; returns without waiting for the other vCPUs)
 */
void axvm_vm_stop_from(struct axvm_vm *vm, const struct axvm_exit *exit);

/* vcpu.c: requests */

/** Ask @vcpu out of the guest, or wake it up; any context, also irqs off. */
void axvm_vcpu_kick(struct axvm_vcpu *vcpu);

/** Set a request and kick; any context. */
void axvm_vcpu_request(struct axvm_vcpu *vcpu, enum axvm_request req);

/**
 * axvm_task_asked() - is there anything that the current task should make
 * room for: another task, a signal?  One look for need_resched() and
 * signal_pending(), of which one may hold when this says true.
 */
static inline bool axvm_task_asked(void)
{
	return READ_ONCE(current_thread_info()->flags) &
	       (BIT(TIF_NEED_RESCHED) | BIT(TIF_SIGPENDING) |
		BIT(TIF_NOTIFY_SIGNAL));
}

/** Test and clear a request (its own thread). */
static inline bool axvm_vcpu_take(struct axvm_vcpu *vcpu, enum axvm_request r)
{
	if (!test_bit(r, &vcpu->requests))
		return false;
	clear_bit(r, &vcpu->requests);
	smp_mb__after_atomic(); /* pairs with that of axvm_vcpu_request() */
	return true;
}

/**
 * axvm_vcpu_may_enter() - nothing keeps the vCPU out (preemption off)
 *
 * False: a request is pending, the host wants its CPU, the caller of
 * AXVM_VCPU_RUN has a signal, or this CPU is not ours (any more).  An inner
 * loop that is refused leaves, unless it can make this true itself.
 */
static inline bool axvm_vcpu_may_enter(const struct axvm_vcpu *vcpu)
{
	if (READ_ONCE(vcpu->requests))
		return false;
	if (unlikely(axvm_task_asked()) &&
	    (need_resched() || (signal_pending(current) && vcpu->sync)))
		return false;
	return axvm_cpu_ready();
}

/**
 * axvm_vcpu_enter_begin() - last check before entry, irqs off: mark the vCPU
 * as in the guest and say whether it may enter
 *
 * False: as axvm_vcpu_may_enter(); call axvm_vcpu_enter_end() either way.
 */
static inline bool axvm_vcpu_enter_begin(struct axvm_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->in_guest, 1);
	smp_mb(); /* pairs with the one in axvm_vcpu_kick() */
	return axvm_vcpu_may_enter(vcpu);
}

static inline void axvm_vcpu_enter_end(struct axvm_vcpu *vcpu)
{
	/* release: what the guest did is seen by whoever sees 0 */
	smp_store_release(&vcpu->in_guest, 0);
}

/**
 * axvm_vcpu_visit() - take @vcpu out of the guest and its run lock, so that
 * its registers can be used (process)
 *
 * Return: 0; -EINTR a fatal signal; -ENODEV the VM is destroyed.
 */
int axvm_vcpu_visit(struct axvm_vcpu *vcpu);
void axvm_vcpu_leave(struct axvm_vcpu *vcpu);

/** axvm_arch_translate() with the vCPU visited (process). */
int axvm_vcpu_translate(struct axvm_vcpu *vcpu, struct axvm_translate *t);

/**
 * axvm_vms_freeze() - take all vCPUs of all VMs out of the guest and keep
 * them out, or let them go again (host suspend, reboot; process)
 */
void axvm_vms_freeze(bool freeze);

/** Power-on of another vCPU (PSCI CPU_ON, SIPI): wake it from OFF. */
void axvm_vcpu_power_on(struct axvm_vcpu *vcpu);

#endif /* AXVM_VM_H */
