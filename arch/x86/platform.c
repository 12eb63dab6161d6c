// SPDX-License-Identifier: GPL-2.0
/*
 * The in-kernel devices of an x86 VM as a whole: which there are, their places
 * on the buses, guest time and the timers that follow it.  Each device is in
 * a file of its own, chips_*.c.
 */
#include <linux/ktime.h>
#include <linux/slab.h>

#include "module/compat.h"
#include "module/vm.h"
#include "arch/x86/chips.h"
#include "arch/x86/platform.h"

/* ---- guest time -------------------------------------------------------------- */

u64 chips_now(const struct axvm_x86_platform *p)
{
	return p->clock.running ? ktime_get_ns() - p->clock.epoch :
				  p->clock.stopped;
}

/*
 * A VM that has ended keeps its devices until it is reset: their timers end
 * at their next event.
 */
static enum hrtimer_restart timer_fire(struct hrtimer *hr)
{
	struct chips_timer *t = container_of(hr, struct chips_timer, hr);
	struct axvm_x86_platform *p = t->p;

	if (READ_ONCE(p->clock.running) &&
	    READ_ONCE(p->vm->state) != AXVM_VM_STOPPED)
		t->fire(p);
	return HRTIMER_NORESTART;
}

void chips_timer_init(struct axvm_x86_platform *p, struct chips_timer *t,
		      void (*fire)(struct axvm_x86_platform *p))
{
	t->p = p;
	t->fire = fire;
	axvm_hrtimer_setup(&t->hr, timer_fire, HRTIMER_MODE_ABS_HARD);
}

void chips_timer_set(struct chips_timer *t, u64 ns)
{
	const struct chips_clock *clock = &t->p->clock;

	if (!clock->running)
		return;
	/* Beyond what a ktime can hold is beyond anybody's patience. */
	if (ns > KTIME_MAX - clock->epoch)
		hrtimer_try_to_cancel(&t->hr);
	else
		hrtimer_start(&t->hr, ns_to_ktime(ns + clock->epoch),
			      HRTIMER_MODE_ABS_HARD);
}

/* No vCPU runs; a timer that fires now finds time stopped, or is waited for. */
static void clock_stop(struct axvm_x86_platform *p)
{
	if (!p->clock.running)
		return;
	chips_rtc_stop(p);
	WRITE_ONCE(p->clock.stopped, chips_now(p));
	WRITE_ONCE(p->clock.running, false);
	hrtimer_cancel(&p->pit.timer.hr);
	hrtimer_cancel(&p->rtc.timer.hr);
	hrtimer_cancel(&p->power.timer.hr);
}

static void clock_run(struct axvm_x86_platform *p)
{
	p->clock.epoch = ktime_get_ns() - p->clock.stopped;
	WRITE_ONCE(p->clock.running, true);
	chips_pit_run(p);
	chips_rtc_run(p);
	chips_power_fire(p);
}

void axvm_x86_platform_time(struct axvm_vm *vm, bool run)
{
	struct axvm_x86_platform *p = vm->arch.platform;

	if (!vm->platform || run == p->clock.running)
		return;
	if (run)
		clock_run(p);
	else
		clock_stop(p);
}

/* ---- buses ---------------------------------------------------------------------- */

int chips_add(struct axvm_x86_platform *p, unsigned int bus,
	      struct axvm_device *dev)
{
	int err = -ENOSPC;

	if (p->nr_devs < CHIPS_DEVS)
		err = axvm_device_add(p->vm, bus, dev);
	if (err)
		return err;
	p->devs[p->nr_devs].dev = dev;
	p->devs[p->nr_devs++].bus = bus;
	return 0;
}

static bool port_access(struct axvm_device *dev, struct axvm_vcpu *vcpu,
			u64 addr, unsigned int bytes, bool write, u64 *data)
{
	struct chips_port *port = container_of(dev, struct chips_port, dev);
	unsigned int i;

	if (likely(bytes == 1 && !write)) {
		*data = port->read(port->p, addr);
		return true;
	}
	for (i = 0; i < bytes; i++) {
		if (write)
			port->write(port->p, vcpu, addr + i, *data >> (8 * i));
		else
			*data |= (u64)port->read(port->p, addr + i) << (8 * i);
	}
	return true;
}

int chips_add_port(struct axvm_x86_platform *p, struct chips_port *port)
{
	port->p = p;
	port->dev.access = port_access;
	return chips_add(p, AXVM_BUS_PIO, &port->dev);
}

/* ---- lifetime ------------------------------------------------------------------- */

static void init_locks(struct axvm_x86_platform *p)
{
	raw_spin_lock_init(&p->pic_lock);
	raw_spin_lock_init(&p->ioapic_lock);
	raw_spin_lock_init(&p->pit.lock);
	raw_spin_lock_init(&p->rtc.lock);
	raw_spin_lock_init(&p->power.lock);
	chips_timer_init(p, &p->pit.timer, chips_pit_fire);
	chips_timer_init(p, &p->rtc.timer, chips_rtc_fire);
	chips_timer_init(p, &p->power.timer, chips_power_fire);
}

int axvm_x86_platform_init(struct axvm_vm *vm)
{
	struct axvm_x86_platform *p;
	int err;

	p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	if (!p)
		return -ENOMEM;
	p->vm = vm;
	init_locks(p);
	vm->arch.platform = p;
	err = chips_uart_init(p);
	if (!err && vm->platform)
		err = chips_irq_init(p)		?:
			      chips_pit_init(p) ?:
			      chips_rtc_init(p) ?:
						  chips_power_init(p);
	if (err)
		axvm_x86_platform_exit(vm);
	return err;
}

void axvm_x86_platform_exit(struct axvm_vm *vm)
{
	struct axvm_x86_platform *p = vm->arch.platform;

	if (!p)
		return;
	clock_stop(p);
	chips_uart_exit(p);
	while (p->nr_devs) {
		p->nr_devs--;
		axvm_device_remove(vm, p->devs[p->nr_devs].bus,
				   p->devs[p->nr_devs].dev);
	}
	vm->arch.platform = NULL;
	kfree(p);
}

/* Devices first: they let go of their lines. */
void axvm_x86_platform_reset(struct axvm_vm *vm)
{
	struct axvm_x86_platform *p = vm->arch.platform;

	chips_uart_reset(p);
	if (!vm->platform)
		return;
	clock_stop(p);
	p->clock.stopped = 0;
	chips_pit_reset(p);
	chips_rtc_reset(p);
	chips_power_reset(p);
	chips_irq_reset(p);
}
