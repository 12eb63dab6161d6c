/* SPDX-License-Identifier: GPL-2.0 */
/* Cache maintenance over a range of the kernel's linear map (cache.S). */
#ifndef AXVM_HYP_CACHE_H
#define AXVM_HYP_CACHE_H

/** Clean and invalidate data to the point of coherency: [from, to). */
void hyp_dcache_clean_poc(void *from, void *to);
/** Invalidate instruction caches to the point of unification: [from, to). */
void hyp_icache_inval_pou(void *from, void *to);
/** The same, all of them, on all CPUs. */
void hyp_icache_inval_all(void);

#endif /* AXVM_HYP_CACHE_H */
