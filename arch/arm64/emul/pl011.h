/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the register model of a PL011 UART.  Transmission takes no time; input
 * is pulled from the owner while there is room.  Locking is the owner's.
 *
 * Manual: "PrimeCell UART (PL011) Technical Reference Manual".
 */
#ifndef AXVM_ARM64_EMUL_PL011_H
#define AXVM_ARM64_EMUL_PL011_H

#include <linux/types.h>

#define PL011_SIZE 0x1000u
#define PL011_FIFO 32u /* r1p5 */

struct pl011;

/**
 * struct pl011_ops - the owner's side
 * @tx: a byte goes out
 * @rx: next byte that came in, 0-255, or negative: none
 * @irq: the interrupt line changed
 */
struct pl011_ops {
	void (*tx)(struct pl011 *uart, u8 byte);
	int (*rx)(struct pl011 *uart);
	void (*irq)(struct pl011 *uart, bool level);
};

/** struct pl011 - registers as the manual names them; under the owner's lock */
struct pl011 {
	const struct pl011_ops *ops;
	u32 ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, dmacr, ilpr;
	bool irq;
	u32 rx_head, rx_count;
	u16 rx[PL011_FIFO]; /* data with error bits */
};

void pl011_init(struct pl011 *uart, const struct pl011_ops *ops);
void pl011_reset(struct pl011 *uart);
/** Read the register at byte offset @off (aligned down to 4). */
u32 pl011_read(struct pl011 *uart, u32 off);
void pl011_write(struct pl011 *uart, u32 off, u32 value);
/** Input may be there. */
void pl011_input(struct pl011 *uart);

#endif /* AXVM_ARM64_EMUL_PL011_H */
