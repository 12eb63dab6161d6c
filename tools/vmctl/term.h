/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The terminal on stdin: raw while a console is attached, and always itself
 * again afterwards.
 */
#ifndef VMCTL_TERM_H
#define VMCTL_TERM_H

#include <stdbool.h>

/** Can keys be read from stdin now (a terminal, and we are in front of it)? */
bool term_interactive(void);
/** Keys come one by one and without meaning; undone at exit() at the latest. */
void term_raw(void);
void term_restore(void);

#endif /* VMCTL_TERM_H */
