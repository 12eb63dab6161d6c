/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far long work is, on stderr where that is a terminal; nothing else is
 * said there meanwhile.
 */
#ifndef VMCTL_PROGRESS_H
#define VMCTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/** May a line that is rewritten go to stderr? (--quiet, pipes, dumb: no.) */
bool progress_wanted(void);

/**
 * progress_begin() - work begins
 * @what: "loading vmlinuz"; must last until progress_end()
 * @total: bytes
 */
void progress_begin(const char *what, uint64_t total);
/** @done of them: shown if it takes long, and now and then only. */
void progress_at(uint64_t done);
/** Over, well or not: the line is cleared. */
void progress_end(void);

#endif /* VMCTL_PROGRESS_H */
