/* SPDX-License-Identifier: GPL-2.0 */
/* EL2's own stage 1 under nVHE: addresses there are physical ones. */
#ifndef AXVM_HYP_EL2MAP_H
#define AXVM_HYP_EL2MAP_H

#include <linux/types.h>

#define EL2MAP_RX 0
#define EL2MAP_RW 1

/** What EL2's translation registers get. */
struct el2map_regs {
	u64 ttbr0;
	u64 tcr;
	u64 mair;
	u64 sctlr;
};

int el2map_init(void);
void el2map_exit(void);
void el2map_regs(struct el2map_regs *regs);
/** Map pages (process).  -ENOMEM; -ERANGE above 48 bits. */
int el2map_add(void *from, size_t bytes, unsigned int prot);
/** Take pages away; the caller flushes EL2's TLBs if a CPU is taken. */
void el2map_remove(void *from, size_t bytes);

#endif /* AXVM_HYP_EL2MAP_H */
