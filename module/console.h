/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The console of a VM: what the guest's UART prints, kept for any number of
 * readers, and input for the guest.
 */
#ifndef AXVM_CONSOLE_H
#define AXVM_CONSOLE_H

#include <linux/types.h>

struct axvm_vm;
struct file;

int axvm_console_init(struct axvm_vm *vm);
/**
 * axvm_console_close() - the VM is destroyed (process): readers get what is
 * left, then end of file; the input callback is not called any more
 */
void axvm_console_close(struct axvm_vm *vm);
void axvm_console_free(struct axvm_vm *vm);

struct file *axvm_console_file(struct axvm_vm *vm, u32 flags);

/** A byte from the guest (atomic, irqs may be off; wakes by irq_work). */
void axvm_console_put(struct axvm_vm *vm, u8 byte);

/**
 * axvm_console_get() - next input byte for the guest, or -1 (atomic)
 */
int axvm_console_get(struct axvm_vm *vm);

/**
 * axvm_console_on_input() - the architecture's UART wants to know when input
 * arrives; @fn is called in process context after bytes were queued
 */
void axvm_console_on_input(struct axvm_vm *vm, void (*fn)(void *opaque),
			   void *opaque);

#endif /* AXVM_CONSOLE_H */
