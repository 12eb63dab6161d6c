// SPDX-License-Identifier: GPL-2.0
/*
 * The in-kernel devices of an arm64 VM on its bus.  So far: the PL011 at
 * 0x09000000, whose other end is the console.
 */
#include <linux/slab.h>

#include "arch/arm64/emul/pl011.h"
#include "arch/arm64/platform.h"
#include "module/uart.h"
#include "module/vm.h"

/**
 * struct arm64_platform - devices of one VM
 * @uart: what is around @pl011
 * @pl011: the UART's model (uart.lock)
 * @added: @uart is on the bus
 * @set_irq: where lines go, or NULL (uart.lock)
 */
struct arm64_platform {
	struct axvm_uart uart;
	struct pl011 pl011;
	bool added;
	void (*set_irq)(struct axvm_vm *vm, unsigned int spi, bool level);
};

static struct arm64_platform *of_model(struct pl011 *model)
{
	return container_of(model, struct arm64_platform, pl011);
}

static struct pl011 *model_of(struct axvm_uart *uart)
{
	return &container_of(uart, struct arm64_platform, uart)->pl011;
}

static void pl011_tx(struct pl011 *model, u8 byte)
{
	axvm_uart_tx(&of_model(model)->uart, byte);
}

static int pl011_rx(struct pl011 *model)
{
	return axvm_uart_rx(&of_model(model)->uart);
}

static void pl011_irq(struct pl011 *model, bool level)
{
	struct arm64_platform *p = of_model(model);

	if (p->set_irq)
		p->set_irq(p->uart.vm, ARM64_UART_SPI, level);
}

static const struct pl011_ops pl011_ops = {
	.tx = pl011_tx,
	.rx = pl011_rx,
	.irq = pl011_irq,
};

/* Registers are 32 bits wide; a wider access is one of the first. */
static void uart_access(struct axvm_uart *uart, u64 addr, unsigned int bytes,
			bool write, u64 *data)
{
	if (write)
		pl011_write(model_of(uart), addr, *data);
	else
		*data = pl011_read(model_of(uart), addr);
}

static void uart_input(struct axvm_uart *uart)
{
	pl011_input(model_of(uart));
}

static void uart_reset(struct axvm_uart *uart)
{
	pl011_reset(model_of(uart));
}

static const struct axvm_uart_kind uart_kind = {
	.name = "pl011",
	.bus = AXVM_BUS_MMIO,
	.base = ARM64_UART_BASE,
	.len = PL011_BYTES,
	.access = uart_access,
	.input = uart_input,
	.reset = uart_reset,
};

int axvm_arm64_platform_init(struct axvm_vm *vm)
{
	struct arm64_platform *p;
	int err;

	p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	if (!p)
		return -ENOMEM;
	axvm_uart_init(&p->uart, vm, &uart_kind);
	pl011_init(&p->pl011, &pl011_ops);
	vm->arch.platform = p;
	err = axvm_device_add(vm, uart_kind.bus, &p->uart.dev);
	if (err) {
		axvm_arm64_platform_exit(vm);
		return err;
	}
	p->added = true;
	axvm_uart_connect(vm, &p->uart);
	return 0;
}

void axvm_arm64_platform_exit(struct axvm_vm *vm)
{
	struct arm64_platform *p = vm->arch.platform;

	if (!p)
		return;
	axvm_uart_connect(vm, NULL);
	if (p->added)
		axvm_device_remove(vm, uart_kind.bus, &p->uart.dev);
	vm->arch.platform = NULL;
	kfree(p);
}

void axvm_arm64_platform_reset(struct axvm_vm *vm)
{
	axvm_uart_reset(&vm->arch.platform->uart);
}

void axvm_arm64_platform_set_irq(struct axvm_vm *vm,
				 void (*fn)(struct axvm_vm *vm,
					    unsigned int spi, bool level))
{
	struct arm64_platform *p = vm->arch.platform;
	unsigned long flags;

	raw_spin_lock_irqsave(&p->uart.lock, flags);
	p->set_irq = fn;
	if (fn)
		fn(vm, ARM64_UART_SPI, p->pl011.irq);
	raw_spin_unlock_irqrestore(&p->uart.lock, flags);
}
