/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A VM's console between stdin and stdout, until something ends it.
 */
#ifndef VMCTL_ATTACH_H
#define VMCTL_ATTACH_H

#include <stdbool.h>
#include <stdint.h>

struct vm;

#define ATTACH_KEY 0x1d /* Ctrl-] */

enum attach_end {
	ATTACH_DETACHED, /* Ctrl-] */
	ATTACH_STOPPED, /* the VM is in state STOPPED */
	ATTACH_MEMORY, /* a vCPU waits for memory that the host has not */
	ATTACH_GONE, /* the VM was destroyed */
	ATTACH_TIMEOUT, /* the time is up */
	ATTACH_SIGNAL, /* SIGINT, SIGTERM, SIGHUP or SIGQUIT */
	ATTACH_OUTPUT, /* nobody takes our output any more */
};

/**
 * struct attach - an attached console
 * @vm: the VM
 * @console: its console descriptor
 * @deadline_ns: CLOCK_MONOTONIC, 0: none
 * @memory: end on ATTACH_MEMORY too
 * @signal: out: which one ended it
 * @error: out: errno of ATTACH_OUTPUT; with another end: of the last words
 *	of the guest that nobody took
 */
struct attach {
	const struct vm *vm;
	int console;
	uint64_t deadline_ns;
	bool memory;
	int signal;
	int error;
};

/**
 * attach_prepare() - from now on signals are seen by attach_run() only
 *
 * To be called before the VM starts, so that none is lost in between.
 * Return: 0 or -errno.
 */
int attach_prepare(void);

/** attach_prepare(), and the descriptor where signals arrive; -errno */
int attach_signals(void);

/** Say that output got lost (nothing for a closed pipe); VMCTL_FAILED. */
int attach_lost(const struct attach *a);

/** Carry bytes until it ends; the terminal is itself again on return. */
enum attach_end attach_run(struct attach *a);

/**
 * console_attach() - what `vmctl console` does, with an open console
 * Return: VMCTL_*.
 */
int console_attach(const struct vm *vm, int console);

/** Die of @sig as if it had never been caught. */
void attach_die(int sig) __attribute__((noreturn));

#endif /* VMCTL_ATTACH_H */
