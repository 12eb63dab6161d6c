/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests of single ioctls' arguments (abi_args.c), listed by abi.c.
 */
#ifndef SELFTEST_ABI_H
#define SELFTEST_ABI_H

void args_create(void);
void args_ref(void);
void args_list(void);
void args_set_wait(void);
void args_blob(void);
void args_io(void);
void args_irq(void);
void args_stats(void);
void args_vcpu(void);
void args_regs(void);
void args_reg_list(void);
void args_affinity(void);
void args_claim(void);
void args_translate(void);

#endif /* SELFTEST_ABI_H */
