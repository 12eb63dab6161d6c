// SPDX-License-Identifier: GPL-2.0
/*
 * PURE: a PL011's registers, FIFOs and interrupts.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arch/arm64/emul/pl011.h"

/* Register offsets. */
#define DR 0x000
#define RSR_ECR 0x004
#define FR 0x018
#define ILPR 0x020
#define IBRD 0x024
#define FBRD 0x028
#define LCR_H 0x02c
#define CR 0x030
#define IFLS 0x034
#define IMSC 0x038
#define RIS 0x03c
#define MIS 0x040
#define ICR 0x044
#define DMACR 0x048
#define PERIPH_ID 0xfe0 /* to 0xffc */

#define FR_CTS BIT(0)
#define FR_DSR BIT(1)
#define FR_DCD BIT(2)
#define FR_RXFE BIT(4)
#define FR_RXFF BIT(6)
#define FR_TXFE BIT(7)

#define LCR_H_FEN BIT(4)

#define CR_UARTEN BIT(0)
#define CR_LBE BIT(7)
#define CR_TXE BIT(8)
#define CR_RXE BIT(9)
#define CR_RESET (CR_TXE | CR_RXE)

#define INT_RX BIT(4)
#define INT_TX BIT(5)
#define INT_RT BIT(6)
#define INT_ALL 0x7ffu

/* Halves: receive and transmit trigger levels. */
#define IFLS_RESET 0x12u

/* Peripheral and PrimeCell ids, revision r1p5. */
static const u8 ids[8] = { 0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static unsigned int rx_room(const struct pl011 *u)
{
	return u->lcr_h & LCR_H_FEN ? PL011_FIFO : 1;
}

/* Bytes that raise the receive interrupt. */
static unsigned int rx_level(const struct pl011 *u)
{
	static const u8 eighths[] = { 1, 2, 4, 6, 7, 4, 4, 4 };

	if (!(u->lcr_h & LCR_H_FEN))
		return 1;
	return eighths[(u->ifls >> 3) & 7] * PL011_FIFO / 8;
}

static void update_irq(struct pl011 *u)
{
	bool level = u->ris & u->imsc;

	if (level == u->irq)
		return;
	u->irq = level;
	u->ops->irq(u, level);
}

static void rx_push(struct pl011 *u, u8 byte)
{
	u->rx[(u->rx_head + u->rx_count) % PL011_FIFO] = byte;
	u->rx_count++;
	/* A byte that waits times out at once: the line is silent. */
	u->ris |= INT_RT;
	if (u->rx_count >= rx_level(u))
		u->ris |= INT_RX;
}

static bool receiving(const struct pl011 *u)
{
	return (u->cr & (CR_UARTEN | CR_RXE)) == (CR_UARTEN | CR_RXE) &&
	       !(u->cr & CR_LBE);
}

void pl011_input(struct pl011 *u)
{
	int byte;

	while (receiving(u) && u->rx_count < rx_room(u)) {
		byte = u->ops->rx(u);
		if (byte < 0)
			break;
		rx_push(u, byte);
	}
	update_irq(u);
}

static u32 read_data(struct pl011 *u)
{
	u32 v = 0;

	if (u->rx_count) {
		v = u->rx[u->rx_head];
		u->rx_head = (u->rx_head + 1) % PL011_FIFO;
		u->rx_count--;
	}
	if (u->rx_count < rx_level(u))
		u->ris &= ~INT_RX;
	if (!u->rx_count)
		u->ris &= ~INT_RT;
	pl011_input(u);
	return v;
}

/* Sent at once: the FIFO is empty again, which is an event. */
static void write_data(struct pl011 *u, u8 byte)
{
	if (u->cr & CR_LBE) {
		if (u->rx_count < rx_room(u))
			rx_push(u, byte);
	} else {
		u->ops->tx(u, byte);
	}
	u->ris |= INT_TX;
	update_irq(u);
}

static u32 read_flags(const struct pl011 *u)
{
	u32 v = FR_TXFE | FR_CTS | FR_DSR | FR_DCD;

	if (!u->rx_count)
		v |= FR_RXFE;
	if (u->rx_count >= rx_room(u))
		v |= FR_RXFF;
	return v;
}

u32 pl011_read(struct pl011 *u, u32 off)
{
	off &= ~3u;
	switch (off) {
	case DR:
		return read_data(u);
	case FR:
		return read_flags(u);
	case ILPR:
		return u->ilpr;
	case IBRD:
		return u->ibrd;
	case FBRD:
		return u->fbrd;
	case LCR_H:
		return u->lcr_h;
	case CR:
		return u->cr;
	case IFLS:
		return u->ifls;
	case IMSC:
		return u->imsc;
	case RIS:
		return u->ris;
	case MIS:
		return u->ris & u->imsc;
	case DMACR:
		return u->dmacr;
	default:
		if (off >= PERIPH_ID && off < PL011_SIZE)
			return ids[(off - PERIPH_ID) / 4];
		return 0;
	}
}

/* Turning the FIFOs off or on empties them. */
static void write_lcr_h(struct pl011 *u, u32 value)
{
	if ((u->lcr_h ^ value) & LCR_H_FEN) {
		u->rx_count = 0;
		u->ris &= ~(INT_RX | INT_RT);
	}
	u->lcr_h = value & 0xff;
	pl011_input(u);
}

void pl011_write(struct pl011 *u, u32 off, u32 value)
{
	switch (off & ~3u) {
	case DR:
		write_data(u, value);
		break;
	case ILPR:
		u->ilpr = value & 0xff;
		break;
	case IBRD:
		u->ibrd = value & 0xffff;
		break;
	case FBRD:
		u->fbrd = value & 0x3f;
		break;
	case LCR_H:
		write_lcr_h(u, value);
		break;
	case CR:
		u->cr = value & 0xff87;
		pl011_input(u);
		break;
	case IFLS:
		u->ifls = value & 0x3f;
		break;
	case IMSC:
		u->imsc = value & INT_ALL;
		update_irq(u);
		break;
	case ICR:
		u->ris &= ~value;
		/* What is still there raises again only by a new event. */
		update_irq(u);
		break;
	case DMACR:
		u->dmacr = value & 7;
		break;
	}
}

void pl011_reset(struct pl011 *u)
{
	const struct pl011_ops *ops = u->ops;
	bool irq = u->irq;

	memset(u, 0, sizeof(*u));
	u->ops = ops;
	u->cr = CR_RESET;
	u->ifls = IFLS_RESET;
	u->irq = irq;
	update_irq(u);
}

void pl011_init(struct pl011 *u, const struct pl011_ops *ops)
{
	memset(u, 0, sizeof(*u));
	u->ops = ops;
	pl011_reset(u);
}
