/* SPDX-License-Identifier: GPL-2.0 */
/* Device accesses whose instruction must be decoded. */
#ifndef AXVM_ARM64_MMIO_INSN_H
#define AXVM_ARM64_MMIO_INSN_H

#include "module/vm.h"

/**
 * arm64_mmio_insn() - carry out the instruction behind vcpu->fault (process)
 * @run: out: RESUME it is done; EXIT a record is to be answered, and
 *	vcpu->arch.insn_busy is set
 *
 * Return: 0; an error when it cannot be emulated: nothing has changed.
 */
int arm64_mmio_insn(struct axvm_vcpu *vcpu, enum axvm_run *run);

/**
 * arm64_mmio_insn_complete() - the record is answered by @data
 * Return: RESUME, or EXIT with the instruction's next record.
 */
enum axvm_run arm64_mmio_insn_complete(struct axvm_vcpu *vcpu, u64 data);

#endif /* AXVM_ARM64_MMIO_INSN_H */
