/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process that cleans up when `vmctl gdb` is killed.
 */
#ifndef VMCTL_GDB_GUARD_H
#define VMCTL_GDB_GUARD_H

#include <sys/types.h>

#include "gdb.h"

/** struct gdb_guard - that process, and the pipe that tells it */
struct gdb_guard {
	pid_t pid;
	int alive;
};

/**
 * gdb_guard_begin() - memory for a session, that is looked after
 *
 * To be called before any client is there, so that the process has none of its
 * descriptors.  Return: the session, to be opened; NULL with errno set.
 */
struct gdb *gdb_guard_begin(struct gdb_guard *guarded);
void gdb_guard_end(struct gdb_guard *guarded, struct gdb *g);

#endif /* VMCTL_GDB_GUARD_H */
