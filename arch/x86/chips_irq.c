// SPDX-License-Identifier: GPL-2.0
/*
 * The interrupt controllers of a platform VM: PIC and IOAPIC, the lines that go
 * into them, and the way to the local APICs.  A line has one driver, which
 * reports its changes in order, under a lock of its own.
 *
 * Wiring: GSI n is pin n of the IOAPIC and, below 16, input n of the PIC, but
 * for the timer: pin 2 and input 0.  Pin 0 is the PIC's INTR, which also goes
 * to LINT0 of the first vCPU.
 */
#include "module/vm.h"
#include "arch/x86/chips.h"
#include "arch/x86/intr.h"
#include "arch/x86/platform.h"

#define PIC_INPUTS 16

/* ---- IOAPIC ------------------------------------------------------------------ */

static bool ioapic_deliver(struct ioapic *ioapic, const struct ioapic_msg *m)
{
	struct axvm_x86_platform *p =
		container_of(ioapic, struct axvm_x86_platform, ioapic);
	struct vapic_msg msg = {
		.dest = m->dest,
		.logical = m->logical,
		.mode = m->mode,
		.vector = m->vector,
		.level = m->level,
	};

	return vx86_apic_msg(p->vm, &msg);
}

static const struct ioapic_ops ioapic_ops = { .deliver = ioapic_deliver };

static void ioapic_line(struct axvm_x86_platform *p, unsigned int pin,
			bool level)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->ioapic_lock, flags);
	ioapic_set_input(&p->ioapic, pin, level);
	raw_spin_unlock_irqrestore(&p->ioapic_lock, flags);
}

void vx86_ioapic_eoi(struct axvm_vm *vm, u8 vector)
{
	struct axvm_x86_platform *p = vm->arch.platform;
	unsigned long flags;

	raw_spin_lock_irqsave(&p->ioapic_lock, flags);
	ioapic_eoi(&p->ioapic, vector);
	raw_spin_unlock_irqrestore(&p->ioapic_lock, flags);
}

static bool ioapic_access(struct axvm_device *dev, struct axvm_vcpu *vcpu,
			  u64 addr, unsigned int bytes, bool write, u64 *data)
{
	struct axvm_x86_platform *p =
		container_of(dev, struct axvm_x86_platform, ioapic_dev);
	unsigned long flags;

	raw_spin_lock_irqsave(&p->ioapic_lock, flags);
	if (write)
		ioapic_write(&p->ioapic, addr, bytes, *data);
	else
		*data = ioapic_read(&p->ioapic, addr, bytes);
	raw_spin_unlock_irqrestore(&p->ioapic_lock, flags);
	return true;
}

/* ---- PIC ----------------------------------------------------------------------- */

static void pic_intr(struct axvm_x86_platform *p, bool high)
{
	p->intr = high;
	vx86_extint(p->vm, high);
	ioapic_line(p, GSI_PIC, high);
}

/* pic_lock held. */
static void pic_update(struct axvm_x86_platform *p)
{
	bool high = pic_output(&p->pic);

	if (high != p->intr)
		pic_intr(p, high);
}

static void pic_line(struct axvm_x86_platform *p, unsigned int input,
		     bool level)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->pic_lock, flags);
	pic_set_input(&p->pic, input, level);
	pic_update(p);
	raw_spin_unlock_irqrestore(&p->pic_lock, flags);
}

/* INTR falls with each INTA; it rises again if there is more. */
int vx86_pic_ack(struct axvm_vm *vm)
{
	struct axvm_x86_platform *p = vm->arch.platform;
	unsigned long flags;
	int vector = -1;

	raw_spin_lock_irqsave(&p->pic_lock, flags);
	if (p->intr) {
		vector = pic_ack(&p->pic);
		pic_intr(p, false);
		pic_update(p);
	}
	raw_spin_unlock_irqrestore(&p->pic_lock, flags);
	return vector;
}

static u8 pic_port_read(struct axvm_x86_platform *p, unsigned int chip,
			unsigned int port)
{
	unsigned long flags;
	bool acks;
	u8 value;

	if (likely(pic_peek(&p->pic, chip, port, &value)))
		return value;
	raw_spin_lock_irqsave(&p->pic_lock, flags);
	acks = p->pic.chip[chip].poll; /* a poll acknowledges */
	value = pic_read(&p->pic, chip, port);
	if (acks)
		pic_update(p);
	raw_spin_unlock_irqrestore(&p->pic_lock, flags);
	return value;
}

static void pic_port_write(struct axvm_x86_platform *p, unsigned int chip,
			   unsigned int port, u8 value)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->pic_lock, flags);
	pic_write(&p->pic, chip, port, value);
	pic_update(p);
	raw_spin_unlock_irqrestore(&p->pic_lock, flags);
}

static u8 master_read(struct axvm_x86_platform *p, unsigned int port)
{
	return pic_port_read(p, 0, port);
}

static void master_write(struct axvm_x86_platform *p, struct axvm_vcpu *vcpu,
			 unsigned int port, u8 value)
{
	pic_port_write(p, 0, port, value);
}

static u8 slave_read(struct axvm_x86_platform *p, unsigned int port)
{
	return pic_port_read(p, 1, port);
}

static void slave_write(struct axvm_x86_platform *p, struct axvm_vcpu *vcpu,
			unsigned int port, u8 value)
{
	pic_port_write(p, 1, port, value);
}

static u8 elcr_read(struct axvm_x86_platform *p, unsigned int port)
{
	unsigned long flags;
	u8 value;

	raw_spin_lock_irqsave(&p->pic_lock, flags);
	value = pic_elcr_read(&p->pic, port);
	raw_spin_unlock_irqrestore(&p->pic_lock, flags);
	return value;
}

static void elcr_write(struct axvm_x86_platform *p, struct axvm_vcpu *vcpu,
		       unsigned int port, u8 value)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->pic_lock, flags);
	pic_elcr_write(&p->pic, port, value);
	pic_update(p);
	raw_spin_unlock_irqrestore(&p->pic_lock, flags);
}

static const struct chips_port pic_ports[3] = {
	{
		.dev = { .name = "pic", .base = 0x20, .len = 2 },
		.read = master_read,
		.write = master_write,
	},
	{
		.dev = { .name = "pic2", .base = 0xa0, .len = 2 },
		.read = slave_read,
		.write = slave_write,
	},
	{
		.dev = { .name = "elcr", .base = 0x4d0, .len = 2 },
		.read = elcr_read,
		.write = elcr_write,
	},
};

/* ---- lines ------------------------------------------------------------------------ */

void vx86_gsi(struct axvm_vm *vm, unsigned int gsi, bool level)
{
	struct axvm_x86_platform *p = vm->arch.platform;

	if (!vm->platform || gsi == GSI_PIC || gsi >= IOAPIC_PINS)
		return;
	if (gsi == GSI_PIT)
		pic_line(p, 0, level);
	else if (gsi < PIC_INPUTS)
		pic_line(p, gsi, level);
	ioapic_line(p, gsi, level);
}

/* A PIC's edge is gone when the line falls: a pulse ends high. */
int vx86_gsi_user(struct axvm_vm *vm, const struct axvm_irq *irq)
{
	static const u32 taken = BIT(GSI_PIC) | BIT(GSI_PIT) | BIT(GSI_UART) |
				 BIT(GSI_RTC) | BIT(GSI_SCI);

	if (!vm->platform)
		return -EOPNOTSUPP;
	if (irq->irq >= IOAPIC_PINS)
		return -EINVAL;
	if (taken & BIT(irq->irq))
		return -EBUSY;
	if (irq->level != AXVM_IRQ_HIGH)
		vx86_gsi(vm, irq->irq, false);
	if (irq->level != AXVM_IRQ_LOW)
		vx86_gsi(vm, irq->irq, true);
	return 0;
}

/* Lines that userspace drives fall; devices have let go of theirs before. */
static void lines_reset(struct axvm_x86_platform *p)
{
	unsigned int gsi;

	for (gsi = 0; gsi < IOAPIC_PINS; gsi++)
		vx86_gsi(p->vm, gsi, false);
}

void chips_irq_reset(struct axvm_x86_platform *p)
{
	unsigned long flags;

	lines_reset(p);
	raw_spin_lock_irqsave(&p->pic_lock, flags);
	pic_reset(&p->pic);
	pic_update(p);
	raw_spin_unlock_irqrestore(&p->pic_lock, flags);
	raw_spin_lock_irqsave(&p->ioapic_lock, flags);
	ioapic_reset(&p->ioapic);
	raw_spin_unlock_irqrestore(&p->ioapic_lock, flags);
}

int chips_irq_init(struct axvm_x86_platform *p)
{
	unsigned int i;
	int err;

	p->ioapic.ops = &ioapic_ops;
	ioapic_reset(&p->ioapic);
	pic_reset(&p->pic);
	p->ioapic_dev = (struct axvm_device){
		.name = "ioapic",
		.base = VX86_IOAPIC_BASE,
		.len = VX86_IOAPIC_LEN,
		.access = ioapic_access,
	};
	err = chips_add(p, AXVM_BUS_MMIO, &p->ioapic_dev);
	for (i = 0; !err && i < ARRAY_SIZE(pic_ports); i++) {
		p->pic_port[i] = pic_ports[i];
		err = chips_add_port(p, &p->pic_port[i]);
	}
	return err;
}
