/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PURE: the register model of a 16550A UART.  Transmission takes no time;
 * input is pulled from the owner while there is room.  Locking, buses and
 * where bytes go are the owner's.
 */
#ifndef AXVM_X86_UART16550_H
#define AXVM_X86_UART16550_H

#include <linux/types.h>

#define UART16550_PORTS 8u
#define UART16550_FIFO 16u

struct uart16550;

/**
 * struct uart16550_ops - the owner's side; called from within the functions
 * below, with whatever lock the owner holds
 * @tx: a byte goes out
 * @rx: the next byte that came in, 0-255, or negative: none
 * @irq: the interrupt line changed
 */
struct uart16550_ops {
	void (*tx)(struct uart16550 *uart, u8 byte);
	int (*rx)(struct uart16550 *uart);
	void (*irq)(struct uart16550 *uart, bool level);
};

/**
 * struct uart16550 - state; everything under the owner's lock
 * @ops: (constant)
 * @ier, @fcr, @lcr, @mcr, @scr, @dll, @dlm: registers as written
 * @lsr_errors: overrun, to be read once
 * @msr_delta: DCTS, DDSR, TERI, DDCD
 * @msr_lines: CTS, DSR, RI, DCD as last seen
 * @thre: THRE interrupt pending
 * @irq: level of the line as last told
 * @rx_head: first byte in @rx
 * @rx_count: bytes in @rx
 * @rx: receive FIFO (or the one holding register)
 */
struct uart16550 {
	const struct uart16550_ops *ops;
	u8 ier;
	u8 fcr;
	u8 lcr;
	u8 mcr;
	u8 scr;
	u8 dll;
	u8 dlm;
	u8 lsr_errors;
	u8 msr_delta;
	u8 msr_lines;
	bool thre;
	bool irq;
	u8 rx_head;
	u8 rx_count;
	u8 rx[UART16550_FIFO];
};

/** uart16550_init() - reset state; @ops stay for its life */
void uart16550_init(struct uart16550 *uart, const struct uart16550_ops *ops);

/** uart16550_reset() - as the master reset pin does; drops the line */
void uart16550_reset(struct uart16550 *uart);

/** uart16550_read() - the guest reads register @reg (0-7) */
u8 uart16550_read(struct uart16550 *uart, unsigned int reg);

/** uart16550_write() - the guest writes @value to register @reg (0-7) */
void uart16550_write(struct uart16550 *uart, unsigned int reg, u8 value);

/** uart16550_input() - input may be there: pull what fits, raise the line */
void uart16550_input(struct uart16550 *uart);

#endif /* AXVM_X86_UART16550_H */
