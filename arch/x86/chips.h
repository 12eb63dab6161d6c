/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of an x86 VM's in-kernel devices share: the devices with
 * their locks, guest time, timers that follow it, and ports of a byte.
 *
 * Lock order (all raw, irqs off), outer to inner:
 *	uart.lock, pit.lock, rtc.lock, power.lock	one at a time
 *	  console
 *	  pic_lock
 *	    ioapic_lock
 *	      local APICs
 */
#ifndef AXVM_X86_CHIPS_H
#define AXVM_X86_CHIPS_H

#include <linux/hrtimer.h>
#include <linux/spinlock.h>

#include "arch/x86/emul/acpi_pm.h"
#include "arch/x86/emul/ioapic.h"
#include "arch/x86/emul/pic.h"
#include "arch/x86/emul/pit.h"
#include "arch/x86/emul/rtc.h"
#include "arch/x86/emul/sysport.h"
#include "arch/x86/emul/uart16550.h"
#include "module/device.h"
#include "module/uart.h"

struct axvm_vm;
struct axvm_x86_platform;

/* Global system interrupts of the devices; the timer is ISA interrupt 0. */
#define GSI_PIC 0 /* INTR of the PIC */
#define GSI_PIT 2
#define GSI_UART 4
#define GSI_RTC 8
#define GSI_SCI 9

/**
 * struct chips_clock - guest time, which stands still while the VM is
 * suspended; written while no vCPU and no timer runs, read lockless
 * @running: it passes
 * @epoch: @running: host's monotonic time at guest time 0
 * @stopped: otherwise: guest time
 */
struct chips_clock {
	bool running;
	u64 epoch;
	u64 stopped;
};

/**
 * struct chips_timer - calls a device at a guest time
 * @hr: the host's timer
 * @p: whose
 * @fire: (constant) hard irq; takes the device's lock, may set it again
 */
struct chips_timer {
	struct hrtimer hr;
	struct axvm_x86_platform *p;
	void (*fire)(struct axvm_x86_platform *p);
};

/**
 * struct chips_port - a device of 8-bit ports; wider accesses are several
 * @dev: its place on the bus
 * @p: whose
 * @read, @write: (constant) one port; they lock by themselves; @vcpu is the
 *	vCPU that does it
 */
struct chips_port {
	struct axvm_device dev;
	struct axvm_x86_platform *p;
	u8 (*read)(struct axvm_x86_platform *p, unsigned int port);
	void (*write)(struct axvm_x86_platform *p, struct axvm_vcpu *vcpu,
		      unsigned int port, u8 value);
};

#define CHIPS_DEVS 16

/**
 * struct axvm_x86_platform - devices of one VM; all but the UART only exist
 * when vm->platform is set
 *
 * Legend: (c) constant after axvm_x86_platform_init(); otherwise the lock of
 * the same part.
 */
struct axvm_x86_platform {
	struct axvm_vm *vm; /* (c) */
	struct chips_clock clock;
	struct {
		struct axvm_device *dev;
		unsigned int bus;
	} devs[CHIPS_DEVS]; /* (c) on the buses */
	unsigned int nr_devs; /* (c) */

	struct axvm_uart uart;
	struct uart16550 uart16550; /* uart.lock */

	raw_spinlock_t pic_lock;
	struct pic pic; /* pic_lock */
	bool intr; /* pic_lock: INTR as the vCPU was told */
	struct chips_port pic_port[3];

	raw_spinlock_t ioapic_lock;
	struct ioapic ioapic; /* ioapic_lock */
	struct axvm_device ioapic_dev;

	struct {
		raw_spinlock_t lock;
		struct pit model;
		struct chips_timer timer;
		struct chips_port port[2];
	} pit;

	struct {
		raw_spinlock_t lock;
		struct rtc model;
		u64 ahead; /* time stopped: of the host's clock, ns */
		struct chips_timer timer;
		struct chips_port port;
	} rtc;

	struct {
		raw_spinlock_t lock;
		struct acpi_pm pm;
		struct sysport sys;
		struct chips_timer timer;
		struct axvm_device pm_dev;
		struct axvm_device sys_dev[3];
	} power;
};

/* ---- platform.c ------------------------------------------------------------ */

/** chips_now() - guest time in ns (any context) */
u64 chips_now(const struct axvm_x86_platform *p);

void chips_timer_init(struct axvm_x86_platform *p, struct chips_timer *t,
		      void (*fire)(struct axvm_x86_platform *p));
/**
 * chips_timer_set() - fire at guest time @ns (~0: never), the device's lock
 * held; nothing while time stands still
 */
void chips_timer_set(struct chips_timer *t, u64 ns);

/** chips_add() - put a device on a bus until the VM ends (process) */
int chips_add(struct axvm_x86_platform *p, unsigned int bus,
	      struct axvm_device *dev);
/** chips_add_port() - likewise; @port has all but .p and .dev.access set */
int chips_add_port(struct axvm_x86_platform *p, struct chips_port *port);

/*
 * ---- the devices ----------------------------------------------------------
 * init: make it, put it on its bus.  reset: no vCPU runs, guest time stands
 * still; it lets go of its lines.  stop, run: guest time does (run arms
 * timers).  fire: the device's timer.
 */

int chips_uart_init(struct axvm_x86_platform *p);
void chips_uart_exit(struct axvm_x86_platform *p);
void chips_uart_reset(struct axvm_x86_platform *p);

int chips_irq_init(struct axvm_x86_platform *p);
void chips_irq_reset(struct axvm_x86_platform *p);

int chips_pit_init(struct axvm_x86_platform *p);
void chips_pit_reset(struct axvm_x86_platform *p);
void chips_pit_run(struct axvm_x86_platform *p);
void chips_pit_fire(struct axvm_x86_platform *p);

int chips_rtc_init(struct axvm_x86_platform *p);
void chips_rtc_reset(struct axvm_x86_platform *p);
void chips_rtc_stop(struct axvm_x86_platform *p);
void chips_rtc_run(struct axvm_x86_platform *p);
void chips_rtc_fire(struct axvm_x86_platform *p);

int chips_power_init(struct axvm_x86_platform *p);
void chips_power_reset(struct axvm_x86_platform *p);
void chips_power_fire(struct axvm_x86_platform *p);

#endif /* AXVM_X86_CHIPS_H */
