// SPDX-License-Identifier: GPL-2.0
/*
 * The in-kernel devices of an x86 VM on its buses, with the locks that their
 * pure models do not have.  So far: the UART at ports 0x3f8-0x3ff, whose other
 * end is the console.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "arch/x86/emul/uart16550.h"
#include "arch/x86/platform.h"
#include "module/console.h"
#include "module/vm.h"

#define UART_BASE 0x3f8
#define UART_LINE 4 /* its ISA interrupt */

/**
 * struct axvm_x86_platform - devices of one VM
 * @vm: the VM
 * @lock: the UART's state; taken with irqs off, inside no other lock but the
 *	console's
 * @uart: its model
 * @uart_dev: its place on the port bus
 * @added: @uart_dev is on the bus
 * @set_irq: (lock) where lines go, or NULL
 */
struct axvm_x86_platform {
	struct axvm_vm *vm;
	raw_spinlock_t lock;
	struct uart16550 uart;
	struct axvm_device uart_dev;
	bool added;
	void (*set_irq)(struct axvm_vm *vm, unsigned int line, bool level);
};

static struct axvm_x86_platform *of_uart(struct uart16550 *uart)
{
	return container_of(uart, struct axvm_x86_platform, uart);
}

static void uart_tx(struct uart16550 *uart, u8 byte)
{
	axvm_console_put(of_uart(uart)->vm, byte);
}

static int uart_rx(struct uart16550 *uart)
{
	return axvm_console_get(of_uart(uart)->vm);
}

static void uart_irq(struct uart16550 *uart, bool level)
{
	struct axvm_x86_platform *p = of_uart(uart);

	if (p->set_irq)
		p->set_irq(p->vm, UART_LINE, level);
}

static const struct uart16550_ops uart_ops = {
	.tx = uart_tx,
	.rx = uart_rx,
	.irq = uart_irq,
};

/* A wider access is that many single registers, as on an 8-bit bus. */
static bool uart_access(struct axvm_device *dev, struct axvm_vcpu *vcpu,
			u64 addr, unsigned int bytes, bool write, u64 *data)
{
	struct axvm_x86_platform *p =
		container_of(dev, struct axvm_x86_platform, uart_dev);
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&p->lock, flags);
	for (i = 0; i < bytes; i++) {
		unsigned int reg = (addr + i) % UART16550_PORTS;

		if (write)
			uart16550_write(&p->uart, reg, *data >> (8 * i));
		else
			*data |= (u64)uart16550_read(&p->uart, reg) << (8 * i);
	}
	raw_spin_unlock_irqrestore(&p->lock, flags);
	return true;
}

/* The console has input (process context). */
static void uart_input(void *opaque)
{
	struct axvm_x86_platform *p = opaque;
	unsigned long flags;

	raw_spin_lock_irqsave(&p->lock, flags);
	uart16550_input(&p->uart);
	raw_spin_unlock_irqrestore(&p->lock, flags);
}

int axvm_x86_platform_init(struct axvm_vm *vm)
{
	struct axvm_x86_platform *p;
	int err;

	p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	if (!p)
		return -ENOMEM;
	p->vm = vm;
	raw_spin_lock_init(&p->lock);
	uart16550_init(&p->uart, &uart_ops);
	p->uart_dev = (struct axvm_device){
		.name = "uart16550",
		.base = UART_BASE,
		.len = UART16550_PORTS,
		.access = uart_access,
	};
	vm->arch.platform = p;
	err = axvm_device_add(vm, AXVM_BUS_PIO, &p->uart_dev);
	if (err) {
		axvm_x86_platform_exit(vm);
		return err;
	}
	p->added = true;
	axvm_console_on_input(vm, uart_input, p);
	return 0;
}

void axvm_x86_platform_exit(struct axvm_vm *vm)
{
	struct axvm_x86_platform *p = vm->arch.platform;

	if (!p)
		return;
	axvm_console_on_input(vm, NULL, NULL);
	if (p->added)
		axvm_device_remove(vm, AXVM_BUS_PIO, &p->uart_dev);
	vm->arch.platform = NULL;
	kfree(p);
}

void axvm_x86_platform_reset(struct axvm_vm *vm)
{
	struct axvm_x86_platform *p = vm->arch.platform;
	unsigned long flags;

	raw_spin_lock_irqsave(&p->lock, flags);
	uart16550_reset(&p->uart);
	raw_spin_unlock_irqrestore(&p->lock, flags);
}

void axvm_x86_platform_set_irq(struct axvm_vm *vm,
			       void (*fn)(struct axvm_vm *vm, unsigned int line,
					  bool level))
{
	struct axvm_x86_platform *p = vm->arch.platform;
	unsigned long flags;

	raw_spin_lock_irqsave(&p->lock, flags);
	p->set_irq = fn;
	if (fn)
		fn(vm, UART_LINE, p->uart.irq);
	raw_spin_unlock_irqrestore(&p->lock, flags);
}
