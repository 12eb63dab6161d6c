/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words for the numbers of the uapi, and back.  Words are what people type
 * and scripts compare, so they never change.
 */
#ifndef VMCTL_NAMES_H
#define VMCTL_NAMES_H

#include <stdint.h>

const char *name_vm_state(uint32_t state);
const char *name_vcpu_state(uint32_t state);
const char *name_wait(uint32_t wait);
const char *name_policy(uint32_t policy);
const char *name_backend(uint32_t backend);
const char *name_why(uint32_t why);
const char *name_exit(uint32_t reason);
const char *name_mem_kind(uint32_t kind);
const char *name_capability(unsigned int bit);

/** Number of a VM state or exit reason, -1 if there is no such word. */
int name_to_vm_state(const char *word);
int name_to_exit(const char *word);

/** All words of a kind in one line, for messages; in a static buffer. */
const char *names_vm_state(void);
const char *names_exit(void);

/**
 * name_nearest() - the word of a list that @word is probably meant to be
 * @word: as typed
 * @list: @n words
 * Return: one of them, or NULL when none is near.
 */
const char *name_nearest(const char *word, const char *const *list,
			 unsigned int n);

/**
 * name_hint() - what a message goes on with after a word that is none
 * @word, @list, @n: as in name_nearest()
 * Return: "; did you mean "X"?", or "; it is one of X, Y", in a static buffer.
 */
const char *name_hint(const char *word, const char *const *list,
		      unsigned int n);

#endif /* VMCTL_NAMES_H */
