// SPDX-License-Identifier: GPL-2.0
/*
 * The real-time clock at ports 0x70 and 0x71, GSI 8.
 *
 * As if it had a battery, it goes on while the VM is suspended or stopped and
 * keeps what the guest set, as a difference to the host's clock; its
 * interrupts wait for guest time.
 */
#include <linux/ktime.h>

#include "module/vm.h"
#include "arch/x86/chips.h"
#include "arch/x86/intr.h"

/* rtc.lock held. */
static void rtc_update(struct axvm_x86_platform *p, u64 now)
{
	vx86_gsi(p->vm, GSI_RTC, rtc_irq(&p->rtc.model, now));
	chips_timer_set(&p->rtc.timer, rtc_next(&p->rtc.model, now));
}

void chips_rtc_fire(struct axvm_x86_platform *p)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->rtc.lock, flags);
	rtc_update(p, chips_now(p));
	raw_spin_unlock_irqrestore(&p->rtc.lock, flags);
}

#define PORT_INDEX 0

static u8 rtc_port_read(struct axvm_x86_platform *p, unsigned int port)
{
	unsigned long flags;
	u64 now;
	u8 value;

	raw_spin_lock_irqsave(&p->rtc.lock, flags);
	now = chips_now(p);
	value = rtc_read(&p->rtc.model, port, now);
	if (port != PORT_INDEX)
		rtc_update(p, now);
	raw_spin_unlock_irqrestore(&p->rtc.lock, flags);
	return value;
}

static void rtc_port_write(struct axvm_x86_platform *p, struct axvm_vcpu *vcpu,
			   unsigned int port, u8 value)
{
	unsigned long flags;
	u64 now;

	raw_spin_lock_irqsave(&p->rtc.lock, flags);
	now = chips_now(p);
	rtc_write(&p->rtc.model, port, value, now);
	if (port != PORT_INDEX)
		rtc_update(p, now);
	raw_spin_unlock_irqrestore(&p->rtc.lock, flags);
}

/* Guest time stops: the difference to the host's clock stays. */
void chips_rtc_stop(struct axvm_x86_platform *p)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->rtc.lock, flags);
	p->rtc.ahead =
		rtc_wall(&p->rtc.model, chips_now(p)) - ktime_get_real_ns();
	raw_spin_unlock_irqrestore(&p->rtc.lock, flags);
}

/* Guest time goes on. */
void chips_rtc_run(struct axvm_x86_platform *p)
{
	unsigned long flags;
	u64 now;

	raw_spin_lock_irqsave(&p->rtc.lock, flags);
	now = chips_now(p);
	rtc_set_wall(&p->rtc.model, ktime_get_real_ns() + p->rtc.ahead, now);
	rtc_update(p, now);
	raw_spin_unlock_irqrestore(&p->rtc.lock, flags);
}

void chips_rtc_reset(struct axvm_x86_platform *p)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->rtc.lock, flags);
	rtc_reset(&p->rtc.model);
	vx86_gsi(p->vm, GSI_RTC, false);
	raw_spin_unlock_irqrestore(&p->rtc.lock, flags);
}

int chips_rtc_init(struct axvm_x86_platform *p)
{
	rtc_init(&p->rtc.model);
	p->rtc.port = (struct chips_port){
		.dev = { .name = "rtc", .base = 0x70, .len = 2 },
		.read = rtc_port_read,
		.write = rtc_port_write,
	};
	return chips_add_port(p, &p->rtc.port);
}
