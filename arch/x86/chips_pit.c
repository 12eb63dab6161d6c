// SPDX-License-Identifier: GPL-2.0
/*
 * The interval timer at ports 0x40-0x43 and 0x61: a host timer for channel 0,
 * whose output is GSI 2.
 *
 * The line follows OUT when it is programmed and pulses when OUT rises by
 * itself; that it falls in between does not matter to an edge-triggered
 * input.
 */
#include "module/vm.h"
#include "arch/x86/chips.h"
#include "arch/x86/intr.h"

/* The host is not interrupted more often than this, whatever is programmed. */
#define PIT_MIN_NS 200000ull

/* pit.lock held. */
static void pit_arm(struct axvm_x86_platform *p, u64 now)
{
	u64 next = pit_next(&p->pit.model, 0, now);

	if (next != PIT_NEVER)
		next = max(next, now + PIT_MIN_NS);
	chips_timer_set(&p->pit.timer, next);
}

void chips_pit_fire(struct axvm_x86_platform *p)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->pit.lock, flags);
	vx86_gsi(p->vm, GSI_PIT, false);
	vx86_gsi(p->vm, GSI_PIT, true);
	pit_arm(p, chips_now(p));
	raw_spin_unlock_irqrestore(&p->pit.lock, flags);
}

static u8 pit_port_read(struct axvm_x86_platform *p, unsigned int port)
{
	unsigned long flags;
	u8 value;

	raw_spin_lock_irqsave(&p->pit.lock, flags);
	value = pit_read(&p->pit.model, port, chips_now(p));
	raw_spin_unlock_irqrestore(&p->pit.lock, flags);
	return value;
}

#define PORT_CHANNEL0 0
#define PORT_CONTROL 3

static void pit_port_write(struct axvm_x86_platform *p, struct axvm_vcpu *vcpu,
			   unsigned int port, u8 value)
{
	unsigned long flags;
	u64 now;

	raw_spin_lock_irqsave(&p->pit.lock, flags);
	now = chips_now(p);
	pit_write(&p->pit.model, port, value, now);
	if (port == PORT_CHANNEL0 || port == PORT_CONTROL) {
		vx86_gsi(p->vm, GSI_PIT, pit_output(&p->pit.model, 0, now));
		pit_arm(p, now);
	}
	raw_spin_unlock_irqrestore(&p->pit.lock, flags);
}

static u8 port61_read(struct axvm_x86_platform *p, unsigned int port)
{
	unsigned long flags;
	u8 value;

	raw_spin_lock_irqsave(&p->pit.lock, flags);
	value = pit_port61_read(&p->pit.model, chips_now(p));
	raw_spin_unlock_irqrestore(&p->pit.lock, flags);
	return value;
}

static void port61_write(struct axvm_x86_platform *p, struct axvm_vcpu *vcpu,
			 unsigned int port, u8 value)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->pit.lock, flags);
	pit_port61_write(&p->pit.model, value, chips_now(p));
	raw_spin_unlock_irqrestore(&p->pit.lock, flags);
}

static const struct chips_port pit_ports[2] = {
	{
		.dev = { .name = "pit", .base = 0x40, .len = 4 },
		.read = pit_port_read,
		.write = pit_port_write,
	},
	{
		.dev = { .name = "port61", .base = 0x61, .len = 1 },
		.read = port61_read,
		.write = port61_write,
	},
};

/* Time has stopped; no vCPU runs. */
void chips_pit_reset(struct axvm_x86_platform *p)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->pit.lock, flags);
	pit_reset(&p->pit.model);
	vx86_gsi(p->vm, GSI_PIT, false);
	raw_spin_unlock_irqrestore(&p->pit.lock, flags);
}

/* Guest time goes on. */
void chips_pit_run(struct axvm_x86_platform *p)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->pit.lock, flags);
	pit_arm(p, chips_now(p));
	raw_spin_unlock_irqrestore(&p->pit.lock, flags);
}

int chips_pit_init(struct axvm_x86_platform *p)
{
	unsigned int i;
	int err = 0;

	pit_reset(&p->pit.model);
	for (i = 0; !err && i < ARRAY_SIZE(pit_ports); i++) {
		p->pit.port[i] = pit_ports[i];
		err = chips_add_port(p, &p->pit.port[i]);
	}
	return err;
}
