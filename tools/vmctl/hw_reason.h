/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hardware's reasons for exits in words.
 */
#ifndef VMCTL_HW_REASON_H
#define VMCTL_HW_REASON_H

#include <stddef.h>
#include <stdint.h>

/**
 * hw_reason_text() - axvm_exit.hw_reason (without bit 31) in words
 * @reason: ~0: all others
 * Return: a text, maybe in @buf.
 */
const char *hw_reason_text(uint32_t backend, uint32_t reason, char *buf,
			   size_t size);

#endif /* VMCTL_HW_REASON_H */
