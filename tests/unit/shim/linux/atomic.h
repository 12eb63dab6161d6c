/* SPDX-License-Identifier: GPL-2.0 */
/* Userspace stand-in for <linux/atomic.h>: the one operation that is used. */
#ifndef SHIM_LINUX_ATOMIC_H
#define SHIM_LINUX_ATOMIC_H

#define xchg(p, v) __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)

#endif /* SHIM_LINUX_ATOMIC_H */
