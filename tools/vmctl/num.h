/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers as people write them: 0x8020_0000, 512M, 1.5s, and back.
 */
#ifndef VMCTL_NUM_H
#define VMCTL_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * num_parse() - a whole string as an unsigned number
 * @text: decimal, 0x, 0o or 0b; single underscores between digits; a suffix
 *	K, M, G or T (also KiB, MiB, ...) multiplies by 1024 and so on
 * @value: the number
 *
 * Return: 0, -EINVAL not a number, -ERANGE more than 64 bits.
 */
int num_parse(const char *text, uint64_t *value);

/**
 * num_parse_time() - a time in nanoseconds
 * @text: decimal with an optional fraction; ns, us, ms, s (the default), m, h
 * Return: 0, -EINVAL, -ERANGE.
 */
int num_parse_time(const char *text, uint64_t *ns);

/** num_parse_mask() - "0,2-3" or "0x5" as a mask of 64 bits; -EINVAL, -ERANGE */
int num_parse_mask(const char *text, uint64_t *mask);

/** "512M" when @bytes is a round number, else "513.2M"; @buf holds 16 bytes */
const char *num_bytes(uint64_t bytes, char *buf);

#endif /* VMCTL_NUM_H */
