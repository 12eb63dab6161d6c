/* SPDX-License-Identifier: GPL-2.0 */
/* Userspace stand-in for <linux/bitfield.h>. */
#ifndef SHIM_LINUX_BITFIELD_H
#define SHIM_LINUX_BITFIELD_H

#include <linux/bits.h>

#define FIELD_SHIFT_(m) (__builtin_ffsll(m) - 1)
#define FIELD_GET(m, v) ((__typeof__(m))(((v) & (m)) >> FIELD_SHIFT_(m)))
#define FIELD_PREP(m, v) (((__typeof__(m))(v) << FIELD_SHIFT_(m)) & (m))
#define FIELD_MAX(m) ((__typeof__(m))((m) >> FIELD_SHIFT_(m)))

#endif /* SHIM_LINUX_BITFIELD_H */
