// SPDX-License-Identifier: GPL-2.0
/*
 * Power management of a platform VM: ACPI's fixed registers at ports
 * 0x600-0x60b with GSI 9 as their interrupt, and the ports that reset the
 * machine.  Power-off and reset end the VM: the vCPU that asked leaves with
 * the record (axvm_vcpu_arch.ends).
 */
#include "module/arch.h"
#include "module/vm.h"
#include "arch/x86/chips.h"
#include "arch/x86/intr.h"

#define PM_BASE 0x600

/* power.lock held. */
static void pm_update(struct axvm_x86_platform *p, u64 now)
{
	vx86_gsi(p->vm, GSI_SCI, acpi_pm_sci(&p->power.pm, now));
	chips_timer_set(&p->power.timer, acpi_pm_next(&p->power.pm, now));
}

void chips_power_fire(struct axvm_x86_platform *p)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->power.lock, flags);
	pm_update(p, chips_now(p));
	raw_spin_unlock_irqrestore(&p->power.lock, flags);
}

static bool pm_access(struct axvm_device *dev, struct axvm_vcpu *vcpu, u64 addr,
		      unsigned int bytes, bool write, u64 *data)
{
	struct axvm_x86_platform *p =
		container_of(dev, struct axvm_x86_platform, power.pm_dev);
	unsigned long flags;
	u64 now;

	raw_spin_lock_irqsave(&p->power.lock, flags);
	now = chips_now(p);
	if (!write) {
		*data = acpi_pm_read(&p->power.pm, addr, bytes, now);
	} else {
		if (acpi_pm_write(&p->power.pm, addr, bytes, *data, now))
			vcpu->arch.ends = AXVM_EXIT_SYSTEM_DOWN;
		pm_update(p, now);
	}
	raw_spin_unlock_irqrestore(&p->power.lock, flags);
	return true;
}

/* ---- reset ports ------------------------------------------------------------- */

/* Three devices of one port each: which it is tells @dev. */
static bool sys_access(struct axvm_device *dev, struct axvm_vcpu *vcpu,
		       u64 addr, unsigned int bytes, bool write, u64 *data)
{
	struct axvm_x86_platform *p = vcpu->vm->arch.platform;
	unsigned long flags;

	raw_spin_lock_irqsave(&p->power.lock, flags);
	if (!write)
		*data = sysport_read(&p->power.sys, dev->base);
	else if (sysport_write(&p->power.sys, dev->base, *data))
		vcpu->arch.ends = AXVM_EXIT_RESET;
	raw_spin_unlock_irqrestore(&p->power.lock, flags);
	return true;
}

static const u16 sys_ports[3] = { SYSPORT_KBD, SYSPORT_A, SYSPORT_RESET };

/* ---- lifetime ----------------------------------------------------------------- */

/* A guest that does not listen to its power button cannot be asked. */
int axvm_arch_ask_poweroff(struct axvm_vm *vm)
{
	struct axvm_x86_platform *p = vm->arch.platform;
	unsigned long flags;
	bool listens;

	if (!vm->platform)
		return -EOPNOTSUPP;
	raw_spin_lock_irqsave(&p->power.lock, flags);
	listens = acpi_pm_power_button(&p->power.pm);
	pm_update(p, chips_now(p));
	raw_spin_unlock_irqrestore(&p->power.lock, flags);
	return listens ? 0 : -EOPNOTSUPP;
}

/* Time has stopped; no vCPU runs. */
void chips_power_reset(struct axvm_x86_platform *p)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->power.lock, flags);
	acpi_pm_reset(&p->power.pm);
	sysport_reset(&p->power.sys);
	vx86_gsi(p->vm, GSI_SCI, false);
	raw_spin_unlock_irqrestore(&p->power.lock, flags);
}

int chips_power_init(struct axvm_x86_platform *p)
{
	unsigned int i;
	int err;

	acpi_pm_reset(&p->power.pm);
	sysport_reset(&p->power.sys);
	p->power.pm_dev = (struct axvm_device){
		.name = "acpi-pm",
		.base = PM_BASE,
		.len = ACPI_PM_BYTES,
		.access = pm_access,
	};
	err = chips_add(p, AXVM_BUS_PIO, &p->power.pm_dev);
	for (i = 0; !err && i < ARRAY_SIZE(sys_ports); i++) {
		p->power.sys_dev[i] = (struct axvm_device){
			.name = "reset",
			.base = sys_ports[i],
			.len = 1,
			.access = sys_access,
		};
		err = chips_add(p, AXVM_BUS_PIO, &p->power.sys_dev[i]);
	}
	return err;
}
