/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Userspace stand-in for the kernel's <linux/types.h> and the few helpers that
 * pure code uses; the kernel's own header of that name is included first so
 * that uapi headers keep working.
 */
#ifndef SHIM_LINUX_TYPES_H
#define SHIM_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef long long s64;

#ifndef __rcu
#define __rcu
#endif
#ifndef __user
#define __user
#endif
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

#endif /* SHIM_LINUX_TYPES_H */
