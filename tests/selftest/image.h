/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Images of tests/guest, loaded into a VM.
 */
#ifndef SELFTEST_IMAGE_H
#define SELFTEST_IMAGE_H

struct vm;

/** The image @name at the place it is linked for; skips when it is not here. */
void image_load(struct vm *vm, const char *name);

#endif /* SELFTEST_IMAGE_H */
