// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any sequence of register accesses and input.  The model must
 * stay within its FIFO, tell the line's level only when it changes, and have
 * it high exactly when UARTMIS is not zero; characters come out in order.
 */
#include <stdint.h>
#include <stdlib.h>

#include "arch/arm64/emul/pl011.h"

#define DR 0x00
#define CR 0x30
#define MIS 0x40
#define CR_LBE 0x80

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned int waiting;
static u8 next_in, next_out;
static bool line, looped;

static void tx(struct pl011 *u, u8 byte)
{
}

static int rx(struct pl011 *u)
{
	if (!waiting)
		return -1;
	waiting--;
	return next_in++;
}

static void irq(struct pl011 *u, bool level)
{
	if (level == line)
		abort();
	line = level;
}

static const struct pl011_ops ops = { .tx = tx, .rx = rx, .irq = irq };

static void read_dr(struct pl011 *uart)
{
	bool empty = !uart->rx_count;
	u32 c = pl011_read(uart, DR);

	/* What was looped back is mixed with what came in. */
	if (!looped && !empty && c != next_out++)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl011 uart;
	size_t i;

	waiting = 0;
	next_in = next_out = 0;
	line = looped = false;
	pl011_init(&uart, &ops);
	for (i = 0; i + 3 < size; i += 4) {
		unsigned int reg = (data[i] & 0x3f) << 2 | (data[i + 1] & 3);
		u32 value = data[i + 2] | data[i + 3] << 8;

		if (data[i] == 0xff)
			reg = 0xfe0 + (data[i + 1] & 31);
		if (data[i] & 0x80) {
			waiting += data[i + 2] & 31;
			pl011_input(&uart);
		} else if (data[i] & 0x40) {
			pl011_write(&uart, reg, value);
		} else if (reg == DR) {
			read_dr(&uart);
		} else if (reg > 3) {
			pl011_read(&uart, reg);
		}
		looped |= uart.cr & CR_LBE;
		if (uart.rx_count > PL011_FIFO || uart.irq != line ||
		    line != !!pl011_read(&uart, MIS))
			abort();
	}
	pl011_reset(&uart);
	if (line)
		abort();
	return 0;
}
