// SPDX-License-Identifier: GPL-2.0
/*
 * UARTs between a bus and the console; what a register means is the model's.
 */
#include <linux/container_of.h>

#include "module/console.h"
#include "module/uart.h"
#include "module/vm.h"

void axvm_uart_tx(struct axvm_uart *uart, u8 byte)
{
	axvm_console_put(uart->vm, byte);
}

int axvm_uart_rx(struct axvm_uart *uart)
{
	return axvm_console_get(uart->vm);
}

static bool uart_access(struct axvm_device *dev, struct axvm_vcpu *vcpu,
			u64 addr, unsigned int bytes, bool write, u64 *data)
{
	struct axvm_uart *uart = container_of(dev, struct axvm_uart, dev);
	unsigned long flags;

	raw_spin_lock_irqsave(&uart->lock, flags);
	uart->kind->access(uart, addr, bytes, write, data);
	raw_spin_unlock_irqrestore(&uart->lock, flags);
	return true;
}

static void uart_input(void *opaque)
{
	struct axvm_uart *uart = opaque;
	unsigned long flags;

	raw_spin_lock_irqsave(&uart->lock, flags);
	uart->kind->input(uart);
	raw_spin_unlock_irqrestore(&uart->lock, flags);
}

void axvm_uart_init(struct axvm_uart *uart, struct axvm_vm *vm,
		    const struct axvm_uart_kind *kind)
{
	uart->vm = vm;
	uart->kind = kind;
	raw_spin_lock_init(&uart->lock);
	uart->dev = (struct axvm_device){
		.name = kind->name,
		.base = kind->base,
		.len = kind->len,
		.access = uart_access,
	};
}

void axvm_uart_connect(struct axvm_vm *vm, struct axvm_uart *uart)
{
	axvm_console_on_input(vm, uart ? uart_input : NULL, uart);
}

void axvm_uart_reset(struct axvm_uart *uart)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&uart->lock, flags);
	uart->kind->reset(uart);
	raw_spin_unlock_irqrestore(&uart->lock, flags);
}
