// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any sequence of register accesses and input.  The model must
 * stay within its FIFO, tell the line's level only when it changes, and say
 * in IIR what the line says.
 */
#include <stdint.h>
#include <stdlib.h>

#include "arch/x86/emul/uart16550.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned int waiting;
static bool line;

static void tx(struct uart16550 *u, u8 byte)
{
}

static int rx(struct uart16550 *u)
{
	return waiting ? (int)(waiting-- & 0xff) : -1;
}

static void irq(struct uart16550 *u, bool level)
{
	if (level == line)
		abort();
	line = level;
}

static const struct uart16550_ops ops = { .tx = tx, .rx = rx, .irq = irq };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct uart16550 uart;
	size_t i;

	waiting = 0;
	line = false;
	uart16550_init(&uart, &ops);
	for (i = 0; i + 1 < size; i += 2) {
		unsigned int reg = data[i] & 15;
		bool before;

		if (data[i] & 0x80) {
			waiting += data[i + 1] & 31;
			uart16550_input(&uart);
		} else if (data[i] & 0x40) {
			uart16550_write(&uart, reg, data[i + 1]);
		} else {
			before = line;
			if (reg == 2 &&
			    !(uart16550_read(&uart, 2) & 1) != before)
				abort();
			else if (reg != 2)
				uart16550_read(&uart, reg);
		}
		if (uart.rx_count > UART16550_FIFO || uart.irq != line)
			abort();
	}
	uart16550_reset(&uart);
	if (line)
		abort();
	return 0;
}
