// SPDX-License-Identifier: GPL-2.0
/*
 * The UART at ports 0x3f8-0x3ff, whose other end is the console; of every VM.
 */
#include "module/console.h"
#include "module/vm.h"
#include "arch/x86/chips.h"
#include "arch/x86/intr.h"

#define UART_BASE 0x3f8

static struct axvm_x86_platform *of_uart(struct uart16550 *uart)
{
	return container_of(uart, struct axvm_x86_platform, uart.model);
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
	vx86_gsi(of_uart(uart)->vm, GSI_UART, level);
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
		container_of(dev, struct axvm_x86_platform, uart.dev);
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&p->uart.lock, flags);
	for (i = 0; i < bytes; i++) {
		unsigned int reg = (addr + i) % UART16550_PORTS;

		if (write)
			uart16550_write(&p->uart.model, reg, *data >> (8 * i));
		else
			*data |= (u64)uart16550_read(&p->uart.model, reg)
				 << (8 * i);
	}
	raw_spin_unlock_irqrestore(&p->uart.lock, flags);
	return true;
}

/* The console has input (process context). */
static void uart_input(void *opaque)
{
	struct axvm_x86_platform *p = opaque;
	unsigned long flags;

	raw_spin_lock_irqsave(&p->uart.lock, flags);
	uart16550_input(&p->uart.model);
	raw_spin_unlock_irqrestore(&p->uart.lock, flags);
}

int chips_uart_init(struct axvm_x86_platform *p)
{
	int err;

	raw_spin_lock_init(&p->uart.lock);
	uart16550_init(&p->uart.model, &uart_ops);
	p->uart.dev = (struct axvm_device){
		.name = "uart16550",
		.base = UART_BASE,
		.len = UART16550_PORTS,
		.access = uart_access,
	};
	err = chips_add(p, AXVM_BUS_PIO, &p->uart.dev);
	if (!err)
		axvm_console_on_input(p->vm, uart_input, p);
	return err;
}

void chips_uart_exit(struct axvm_x86_platform *p)
{
	axvm_console_on_input(p->vm, NULL, NULL);
}

void chips_uart_reset(struct axvm_x86_platform *p)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&p->uart.lock, flags);
	uart16550_reset(&p->uart.model);
	raw_spin_unlock_irqrestore(&p->uart.lock, flags);
}
