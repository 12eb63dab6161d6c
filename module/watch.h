/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hearing when a task is switched out, on kernels that tell.
 */
#ifndef AXVM_WATCH_H
#define AXVM_WATCH_H

#include <linux/container_of.h>
#include <linux/preempt.h>
#include <linux/types.h>

#ifdef CONFIG_PREEMPT_NOTIFIERS
/**
 * struct axvm_watch - hears when its task is switched out
 * @n: the kernel's part
 * @out: called then: irqs off, on the CPU that is left
 */
struct axvm_watch {
	struct preempt_notifier n;
	void (*out)(struct axvm_watch *w);
};

static inline void axvm_watch_in(struct preempt_notifier *n, int cpu)
{
}

static inline void axvm_watch_out(struct preempt_notifier *n,
				  struct task_struct *next)
{
	struct axvm_watch *w = container_of(n, struct axvm_watch, n);

	w->out(w);
}

/** Watch the current task.  False: this kernel has no way to. */
static inline bool axvm_watch_begin(struct axvm_watch *w,
				    void (*out)(struct axvm_watch *w))
{
	static struct preempt_ops ops = {
		.sched_in = axvm_watch_in,
		.sched_out = axvm_watch_out,
	};

	w->out = out;
	preempt_notifier_inc();
	preempt_notifier_init(&w->n, &ops);
	preempt_notifier_register(&w->n);
	return true;
}

/** The current task is watched no longer. */
static inline void axvm_watch_end(struct axvm_watch *w)
{
	preempt_notifier_unregister(&w->n);
	preempt_notifier_dec();
}
#else
struct axvm_watch {};

static inline bool axvm_watch_begin(struct axvm_watch *w,
				    void (*out)(struct axvm_watch *w))
{
	return false;
}

static inline void axvm_watch_end(struct axvm_watch *w)
{
}
#endif

#endif /* AXVM_WATCH_H */
