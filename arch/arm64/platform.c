// SPDX-License-Identifier: GPL-2.0
/*
 * The in-kernel devices of an arm64 VM on its bus, with the locks that their
 * pure models do not have.  So far: the PL011 at 0x09000000, whose other end is
 * the console.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "arch/arm64/emul/pl011.h"
#include "arch/arm64/platform.h"
#include "module/console.h"
#include "module/vm.h"

/**
 * struct arm64_platform - devices of one VM
 * @vm: the VM
 * @lock: the UART's state; taken with irqs off, inside no other lock but the
 *	console's
 * @uart: its model
 * @uart_dev: its place on the MMIO bus
 * @added: @uart_dev is on the bus
 * @set_irq: (lock) where lines go, or NULL
 */
struct arm64_platform {
	struct axvm_vm *vm;
	raw_spinlock_t lock;
	struct pl011 uart;
	struct axvm_device uart_dev;
	bool added;
	void (*set_irq)(struct axvm_vm *vm, unsigned int spi, bool level);
};

static struct arm64_platform *of_uart(struct pl011 *uart)
{
	return container_of(uart, struct arm64_platform, uart);
}

static void uart_tx(struct pl011 *uart, u8 byte)
{
	axvm_console_put(of_uart(uart)->vm, byte);
}

static int uart_rx(struct pl011 *uart)
{
	return axvm_console_get(of_uart(uart)->vm);
}

static void uart_irq(struct pl011 *uart, bool level)
{
	struct arm64_platform *p = of_uart(uart);

	if (p->set_irq)
		p->set_irq(p->vm, ARM64_UART_SPI, level);
}

static const struct pl011_ops uart_ops = {
	.tx = uart_tx,
	.rx = uart_rx,
	.irq = uart_irq,
};

/* Registers are 32 bits wide; a wider access is one of the first. */
static bool uart_access(struct axvm_device *dev, struct axvm_vcpu *vcpu,
			u64 addr, unsigned int bytes, bool write, u64 *data)
{
	struct arm64_platform *p =
		container_of(dev, struct arm64_platform, uart_dev);
	unsigned long flags;

	raw_spin_lock_irqsave(&p->lock, flags);
	if (write)
		pl011_write(&p->uart, addr, *data);
	else
		*data = pl011_read(&p->uart, addr);
	raw_spin_unlock_irqrestore(&p->lock, flags);
	return true;
}

/* The console has input (process context). */
static void uart_input(void *opaque)
{
	struct arm64_platform *p = opaque;
	unsigned long flags;

	raw_spin_lock_irqsave(&p->lock, flags);
	pl011_input(&p->uart);
	raw_spin_unlock_irqrestore(&p->lock, flags);
}

int axvm_arm64_platform_init(struct axvm_vm *vm)
{
	struct arm64_platform *p;
	int err;

	p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	if (!p)
		return -ENOMEM;
	p->vm = vm;
	raw_spin_lock_init(&p->lock);
	pl011_init(&p->uart, &uart_ops);
	p->uart_dev = (struct axvm_device){
		.name = "pl011",
		.base = ARM64_UART_BASE,
		.len = PL011_BYTES,
		.access = uart_access,
	};
	vm->arch.platform = p;
	err = axvm_device_add(vm, AXVM_BUS_MMIO, &p->uart_dev);
	if (err) {
		axvm_arm64_platform_exit(vm);
		return err;
	}
	p->added = true;
	axvm_console_on_input(vm, uart_input, p);
	return 0;
}

void axvm_arm64_platform_exit(struct axvm_vm *vm)
{
	struct arm64_platform *p = vm->arch.platform;

	if (!p)
		return;
	axvm_console_on_input(vm, NULL, NULL);
	if (p->added)
		axvm_device_remove(vm, AXVM_BUS_MMIO, &p->uart_dev);
	vm->arch.platform = NULL;
	kfree(p);
}

void axvm_arm64_platform_reset(struct axvm_vm *vm)
{
	struct arm64_platform *p = vm->arch.platform;
	unsigned long flags;

	raw_spin_lock_irqsave(&p->lock, flags);
	pl011_reset(&p->uart);
	raw_spin_unlock_irqrestore(&p->lock, flags);
}

void axvm_arm64_platform_set_irq(struct axvm_vm *vm,
				 void (*fn)(struct axvm_vm *vm,
					    unsigned int spi, bool level))
{
	struct arm64_platform *p = vm->arch.platform;
	unsigned long flags;

	raw_spin_lock_irqsave(&p->lock, flags);
	p->set_irq = fn;
	if (fn)
		fn(vm, ARM64_UART_SPI, p->uart.irq);
	raw_spin_unlock_irqrestore(&p->lock, flags);
}
