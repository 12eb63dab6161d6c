// SPDX-License-Identifier: GPL-2.0
/*
 * The UART at ports 0x3f8-0x3ff, whose other end is the console; of every VM.
 */
#include "module/uart.h"
#include "module/vm.h"
#include "arch/x86/chips.h"
#include "arch/x86/intr.h"

#define UART_BASE 0x3f8

static struct axvm_uart *of_model(struct uart16550 *model)
{
	return &container_of(model, struct axvm_x86_platform, uart16550)->uart;
}

static struct uart16550 *model_of(struct axvm_uart *uart)
{
	return &container_of(uart, struct axvm_x86_platform, uart)->uart16550;
}

static void model_tx(struct uart16550 *model, u8 byte)
{
	axvm_uart_tx(of_model(model), byte);
}

static int model_rx(struct uart16550 *model)
{
	return axvm_uart_rx(of_model(model));
}

static void model_irq(struct uart16550 *model, bool level)
{
	vx86_gsi(of_model(model)->vm, GSI_UART, level);
}

static const struct uart16550_ops model_ops = {
	.tx = model_tx,
	.rx = model_rx,
	.irq = model_irq,
};

/* A wider access is that many single registers, as on an 8-bit bus. */
static void uart_access(struct axvm_uart *uart, u64 addr, unsigned int bytes,
			bool write, u64 *data)
{
	struct uart16550 *model = model_of(uart);
	unsigned int i;

	for (i = 0; i < bytes; i++) {
		unsigned int reg = (addr + i) % UART16550_PORTS;

		if (write)
			uart16550_write(model, reg, *data >> (8 * i));
		else
			*data |= (u64)uart16550_read(model, reg) << (8 * i);
	}
}

static void uart_input(struct axvm_uart *uart)
{
	uart16550_input(model_of(uart));
}

static void uart_reset(struct axvm_uart *uart)
{
	uart16550_reset(model_of(uart));
}

static const struct axvm_uart_kind uart_kind = {
	.name = "uart16550",
	.bus = AXVM_BUS_PIO,
	.base = UART_BASE,
	.len = UART16550_PORTS,
	.access = uart_access,
	.input = uart_input,
	.reset = uart_reset,
};

int chips_uart_init(struct axvm_x86_platform *p)
{
	int err;

	axvm_uart_init(&p->uart, p->vm, &uart_kind);
	uart16550_init(&p->uart16550, &model_ops);
	err = chips_add(p, uart_kind.bus, &p->uart.dev);
	if (!err)
		axvm_uart_connect(p->vm, &p->uart);
	return err;
}

void chips_uart_exit(struct axvm_x86_platform *p)
{
	axvm_uart_connect(p->vm, NULL);
}

void chips_uart_reset(struct axvm_x86_platform *p)
{
	axvm_uart_reset(&p->uart);
}
