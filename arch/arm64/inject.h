/* SPDX-License-Identifier: GPL-2.0 */
/* Exceptions that the guest takes at EL1 although hardware raised none. */
#ifndef AXVM_ARM64_VCPU_INJECT_H
#define AXVM_ARM64_VCPU_INJECT_H

#include "module/vm.h"

/** Undefined instruction at the guest's PC. */
void arm64_inject_undefined(struct axvm_vcpu *vcpu);
/** What came to EL2 with syndrome @esr, as EL1 would have seen it. */
void arm64_inject_reflect(struct axvm_vcpu *vcpu, u64 esr);
/** Synchronous external abort at @gva; @fetch: of an instruction. */
void arm64_inject_abort(struct axvm_vcpu *vcpu, gva_t gva, bool fetch,
			bool write);
/** Alignment fault of a data access at @gva. */
void arm64_inject_alignment(struct axvm_vcpu *vcpu, gva_t gva, bool write);

#endif /* AXVM_ARM64_VCPU_INJECT_H */
