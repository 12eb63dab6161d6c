// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: PL011 register model.  Manual: "PrimeCell UART (PL011) Technical
 * Reference Manual", programmer's model.
 *
 * Two liberties.  Sending and receiving work also while UARTCR says disabled,
 * for early consoles that rely on firmware's set-up.  Characters in the FIFO
 * survive a change of UARTLCR_H.FEN, so that input is never lost.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/arm64/emul/pl011.h"

#define REG_DR 0x000
#define REG_RSR 0x004 /* write: ECR */
#define REG_FR 0x018
#define REG_ILPR 0x020
#define REG_IBRD 0x024
#define REG_FBRD 0x028
#define REG_LCR_H 0x02c
#define REG_CR 0x030
#define REG_IFLS 0x034
#define REG_IMSC 0x038
#define REG_RIS 0x03c
#define REG_MIS 0x040
#define REG_ICR 0x044
#define REG_DMACR 0x048
#define REG_ID 0xfe0 /* eight of them */

#define FR_CTS BIT(0)
#define FR_DSR BIT(1)
#define FR_DCD BIT(2)
#define FR_RXFE BIT(4)
#define FR_RXFF BIT(6)
#define FR_TXFE BIT(7)
#define FR_RI BIT(8)

#define CR_LBE BIT(7)
#define CR_DTR BIT(10)
#define CR_RTS BIT(11)
#define CR_OUT1 BIT(12)
#define CR_OUT2 BIT(13)
#define CR_FIELDS (GENMASK(15, 7) | GENMASK(2, 0))
#define CR_RESET 0x300 /* TXE, RXE */

#define LCR_H_FEN BIT(4)

#define IFLS_RX GENMASK(5, 3)
#define IFLS_RESET 0x12 /* both half full */

#define INT_RX BIT(4)
#define INT_TX BIT(5)
#define INT_RT BIT(6)
#define INT_ALL GENMASK(10, 0)

#define DR_DATA GENMASK(7, 0)
#define DR_ERRORS GENMASK(11, 8)

/* Part 0x011 of Arm (0x41), revision 1: a FIFO of 16; then the cell's id. */
static const u8 id_regs[] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static bool fifo_enabled(const struct pl011 *uart)
{
	return uart->lcr_h & LCR_H_FEN;
}

static unsigned int fifo_depth(const struct pl011 *uart)
{
	return fifo_enabled(uart) ? PL011_FIFO : 1;
}

/* Characters that raise the receive interrupt. */
static unsigned int rx_trigger(const struct pl011 *uart)
{
	static const u8 eighths[] = { 1, 2, 4, 6, 7, 7, 7, 7 };

	if (!fifo_enabled(uart))
		return 1;
	return PL011_FIFO / 8 * eighths[FIELD_GET(IFLS_RX, uart->ifls)];
}

static void update_irq(struct pl011 *uart)
{
	bool level = uart->ris & uart->imsc;

	if (level == uart->irq)
		return;
	uart->irq = level;
	uart->ops->irq(uart, level);
}

static void rx_put(struct pl011 *uart, u16 c)
{
	uart->rx[(uart->rx_head + uart->rx_count) % PL011_FIFO] = c;
	uart->rx_count++;
}

/*
 * New characters raise the interrupts.  No time passes here, so the time-out
 * of a receiver that has less than its trigger level is over at once.
 */
static void rx_arrived(struct pl011 *uart)
{
	uart->ris |= INT_RT;
	if (uart->rx_count >= rx_trigger(uart))
		uart->ris |= INT_RX;
}

static void rx_pull(struct pl011 *uart)
{
	unsigned int had = uart->rx_count;

	while (!(uart->cr & CR_LBE) && uart->rx_count < fifo_depth(uart)) {
		int c = uart->ops->rx(uart);

		if (c < 0)
			break;
		rx_put(uart, c & DR_DATA);
	}
	if (uart->rx_count > had)
		rx_arrived(uart);
}

static u32 dr_read(struct pl011 *uart)
{
	u16 c;

	if (!uart->rx_count)
		return 0;
	c = uart->rx[uart->rx_head];
	uart->rx_head = (uart->rx_head + 1) % PL011_FIFO;
	uart->rx_count--;
	uart->rsr = FIELD_GET(DR_ERRORS, c);
	if (uart->rx_count < rx_trigger(uart))
		uart->ris &= ~INT_RX;
	if (!uart->rx_count)
		uart->ris &= ~INT_RT;
	rx_pull(uart);
	update_irq(uart);
	return c;
}

/* The character is gone at once: the transmit FIFO passes its level again. */
static void dr_write(struct pl011 *uart, u8 c)
{
	if (!(uart->cr & CR_LBE)) {
		uart->ops->tx(uart, c);
	} else if (uart->rx_count < fifo_depth(uart)) {
		rx_put(uart, c);
		rx_arrived(uart);
	}
	uart->ris |= INT_TX;
	update_irq(uart);
}

/* Somebody is always there, unless our own outputs are looped back. */
static u32 modem_lines(const struct pl011 *uart)
{
	if (!(uart->cr & CR_LBE))
		return FR_CTS | FR_DSR | FR_DCD;
	return (uart->cr & CR_RTS ? FR_CTS : 0) |
	       (uart->cr & CR_DTR ? FR_DSR : 0) |
	       (uart->cr & CR_OUT1 ? FR_DCD : 0) |
	       (uart->cr & CR_OUT2 ? FR_RI : 0);
}

static u32 flags_read(const struct pl011 *uart)
{
	return modem_lines(uart) | FR_TXFE | (uart->rx_count ? 0 : FR_RXFE) |
	       (uart->rx_count >= fifo_depth(uart) ? FR_RXFF : 0);
}

static u32 reg_read(struct pl011 *uart, unsigned int reg)
{
	switch (reg) {
	case REG_DR:
		return dr_read(uart);
	case REG_RSR:
		return uart->rsr;
	case REG_FR:
		return flags_read(uart);
	case REG_ILPR:
		return uart->ilpr;
	case REG_IBRD:
		return uart->ibrd;
	case REG_FBRD:
		return uart->fbrd;
	case REG_LCR_H:
		return uart->lcr_h;
	case REG_CR:
		return uart->cr;
	case REG_IFLS:
		return uart->ifls;
	case REG_IMSC:
		return uart->imsc;
	case REG_RIS:
		return uart->ris;
	case REG_MIS:
		return uart->ris & uart->imsc;
	case REG_DMACR:
		return uart->dmacr;
	}
	if (reg >= REG_ID && reg < REG_ID + 4 * ARRAY_SIZE(id_regs))
		return id_regs[(reg - REG_ID) / 4];
	return 0;
}

static void reg_write(struct pl011 *uart, unsigned int reg, u32 value)
{
	switch (reg) {
	case REG_RSR:
		uart->rsr = 0;
		break;
	case REG_ILPR:
		uart->ilpr = value;
		break;
	case REG_IBRD:
		uart->ibrd = value;
		break;
	case REG_FBRD:
		uart->fbrd = value & GENMASK(5, 0);
		break;
	case REG_LCR_H:
		uart->lcr_h = value;
		rx_pull(uart);
		break;
	case REG_CR:
		uart->cr = value & CR_FIELDS;
		rx_pull(uart);
		break;
	case REG_IFLS:
		uart->ifls = value & GENMASK(5, 0);
		break;
	case REG_IMSC:
		uart->imsc = value & INT_ALL;
		break;
	case REG_ICR:
		uart->ris &= ~value;
		break;
	case REG_DMACR:
		uart->dmacr = value & GENMASK(2, 0);
		break;
	}
	update_irq(uart);
}

u32 pl011_read(struct pl011 *uart, unsigned int offset)
{
	offset %= PL011_BYTES;
	return reg_read(uart, offset & ~3u) >> 8 * (offset & 3);
}

void pl011_write(struct pl011 *uart, unsigned int offset, u32 value)
{
	offset %= PL011_BYTES;
	if (offset == REG_DR)
		dr_write(uart, value);
	else if (!(offset & 3))
		reg_write(uart, offset, value);
}

void pl011_input(struct pl011 *uart)
{
	rx_pull(uart);
	update_irq(uart);
}

void pl011_reset(struct pl011 *uart)
{
	const struct pl011_ops *ops = uart->ops;
	bool irq = uart->irq;

	memset(uart, 0, sizeof(*uart));
	uart->ops = ops;
	uart->cr = CR_RESET;
	uart->ifls = IFLS_RESET;
	uart->irq = irq;
	update_irq(uart);
}

void pl011_init(struct pl011 *uart, const struct pl011_ops *ops)
{
	memset(uart, 0, sizeof(*uart));
	uart->ops = ops;
	pl011_reset(uart);
}
