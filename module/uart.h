/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every UART has around its pure model: a place on a bus, a lock, and the
 * console at its other end.  The architecture embeds struct axvm_uart beside
 * the model and says how the model is called.
 */
#ifndef AXVM_UART_H
#define AXVM_UART_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include "module/device.h"

struct axvm_uart;

/**
 * struct axvm_uart_kind - a kind of UART
 * @name: of the device
 * @bus: AXVM_BUS_*
 * @base: its place there
 * @len: bytes or ports that it takes
 * @access: one access of the guest, as struct axvm_device has it
 * @input: the console has input
 * @reset: back to the state after power-on
 *
 * All are called with the lock held and irqs off.
 */
struct axvm_uart_kind {
	const char *name;
	unsigned int bus;
	u64 base;
	u64 len;
	void (*access)(struct axvm_uart *uart, u64 addr, unsigned int bytes,
		       bool write, u64 *data);
	void (*input)(struct axvm_uart *uart);
	void (*reset)(struct axvm_uart *uart);
};

/**
 * struct axvm_uart - one UART of a VM
 * @vm: the VM; constant
 * @kind: constant
 * @lock: the model's state; irqs off; inside no other lock, outside of the
 *	console's and of what the model's interrupt line takes
 * @dev: its place on the bus
 */
struct axvm_uart {
	struct axvm_vm *vm;
	const struct axvm_uart_kind *kind;
	raw_spinlock_t lock;
	struct axvm_device dev;
};

/** axvm_uart_init() - before anything else; the model is the caller's */
void axvm_uart_init(struct axvm_uart *uart, struct axvm_vm *vm,
		    const struct axvm_uart_kind *kind);
/**
 * axvm_uart_connect() - input of the VM's console goes to it, or (NULL) to
 * nobody (process)
 */
void axvm_uart_connect(struct axvm_vm *vm, struct axvm_uart *uart);
/** axvm_uart_reset() - back to the state after power-on (vCPUs are out) */
void axvm_uart_reset(struct axvm_uart *uart);
/** The guest sends @byte; the next byte for it, or -1 (under the lock). */
void axvm_uart_tx(struct axvm_uart *uart, u8 byte);
int axvm_uart_rx(struct axvm_uart *uart);

#endif /* AXVM_UART_H */
