// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's FP and SIMD registers: loaded when it first uses them in a stay,
 * saved when the stay ends.  In between they live under kernel_neon_begin(),
 * so softirqs and the scheduler keep away.
 */
#include <asm/neon.h>
#include <asm/simd.h>

#include "module/compat.h"
#include "arch/arm64/arm64.h"

asmlinkage void hyp_fpsimd_save(struct hyp_fpsimd *fp);
asmlinkage void hyp_fpsimd_load(const struct hyp_fpsimd *fp);

void arm64_fp_take(struct axvm_vcpu *vcpu)
{
	if (vcpu->arch.fp)
		return;
	axvm_neon_begin(&vcpu->arch.fp_keep);
	hyp_fpsimd_load(&vcpu->arch.hyp->fp);
	vcpu->arch.fp = true;
	arm64_controls_fp(vcpu, true);
}

void arm64_fp_put(struct axvm_vcpu *vcpu)
{
	if (!vcpu->arch.fp)
		return;
	hyp_fpsimd_save(&vcpu->arch.hyp->fp);
	axvm_neon_end(&vcpu->arch.fp_keep);
	vcpu->arch.fp = false;
	arm64_controls_fp(vcpu, false);
}
