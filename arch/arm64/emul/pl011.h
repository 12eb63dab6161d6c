/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the register model of an ARM PrimeCell UART (PL011).  Transmission
 * takes no time; input is pulled from the owner while there is room.  Locking,
 * buses and where bytes go are the owner's.
 */
#ifndef AXVM_ARM64_PL011_H
#define AXVM_ARM64_PL011_H

#include <linux/types.h>

#define PL011_BYTES 0x1000u /* of its register page */
#define PL011_FIFO 16u

struct pl011;

/**
 * struct pl011_ops - the owner's side; called from within the functions
 * below, with whatever lock the owner holds
 * @tx: a byte goes out
 * @rx: the next byte that came in, 0-255, or negative: none
 * @irq: the interrupt line (UARTINTR) changed
 */
struct pl011_ops {
	void (*tx)(struct pl011 *uart, u8 byte);
	int (*rx)(struct pl011 *uart);
	void (*irq)(struct pl011 *uart, bool level);
};

/**
 * struct pl011 - state; everything under the owner's lock
 * @ops: (constant)
 * @ibrd, @fbrd, @lcr_h, @cr, @ifls, @imsc, @dmacr, @ilpr: as written
 * @ris: raw interrupt status
 * @rsr: receive status: error bits of the last character
 * @irq: level of the line as last told
 * @rx_head: first character in @rx
 * @rx_count: characters in @rx
 * @rx: receive FIFO (or the one holding register): data and error bits
 */
struct pl011 {
	const struct pl011_ops *ops;
	u16 ibrd;
	u8 fbrd;
	u8 lcr_h;
	u16 cr;
	u8 ifls;
	u16 imsc;
	u8 dmacr;
	u8 ilpr;
	u16 ris;
	u8 rsr;
	bool irq;
	u8 rx_head;
	u8 rx_count;
	u16 rx[PL011_FIFO];
};

/** pl011_init() - reset state; @ops stay for its life */
void pl011_init(struct pl011 *uart, const struct pl011_ops *ops);

/** pl011_reset() - as the reset pin does; drops the line and the FIFO */
void pl011_reset(struct pl011 *uart);

/**
 * pl011_read() - the guest reads the register at @offset
 *
 * Registers are 32 bits apart; an @offset inside one gives its upper bytes.
 */
u32 pl011_read(struct pl011 *uart, unsigned int offset);

/** pl011_write() - the guest writes @value to the register at @offset */
void pl011_write(struct pl011 *uart, unsigned int offset, u32 value);

/** pl011_input() - input may be there: pull what fits, raise the line */
void pl011_input(struct pl011 *uart);

#endif /* AXVM_ARM64_PL011_H */
