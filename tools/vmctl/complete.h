/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Candidates for the completion scripts of shells.
 */
#ifndef VMCTL_COMPLETE_H
#define VMCTL_COMPLETE_H

#include <stddef.h>

struct command;

/**
 * complete() - print what could stand in place of the last word
 * @all: the @n commands
 * @argc, @argv: the words after "vmctl", up to the one at the cursor
 * Return: 0.
 */
int complete(const struct command *const *all, size_t n, int argc, char **argv);

#endif /* VMCTL_COMPLETE_H */
