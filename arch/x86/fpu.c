// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's FPU, vector and protection-key state: in the registers only
 * between kernel_fpu_begin() and kernel_fpu_end(), else in an XSAVE area of
 * the vCPU in the standard format.
 *
 * The area is saved and restored under the host's XCR0, so that components
 * keep their contents while the guest has them switched off in its own.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/asm.h>
#include <asm/cpufeature.h>
#include <asm/fpu/api.h>
#include <asm/fpu/types.h>
#include <asm/fpu/xcr.h>
#include <asm/fpu/xstate.h>
#include <asm/special_insns.h>

#include "arch/x86/hw.h"
#include "arch/x86/x86.h"

#define XSAVE_BYTES sizeof_field(struct axvm_x86_fpu, xsave)
#define XSAVE_LEGACY 512
#define XSAVE_HEADER 64

/* Components that may be used lazily (XFD) stay the host's. */
#define XCOMP_DYNAMIC GENMASK_ULL(18, 17) /* AMX tiles */
#define XCOMP_FP_SSE 3ull
#define XCOMP_PKRU BIT_ULL(9)

u64 vx86_host_xcr0;
u64 vx86_guest_xcr0;
static u32 mxcsr_mask = 0xffbf;
static bool has_xsaveopt;

void vx86_fpu_probe(void)
{
	u32 bytes;
	u8 *fx;

	if (boot_cpu_has(X86_FEATURE_XSAVE)) {
		vx86_host_xcr0 = xgetbv(XCR_XFEATURE_ENABLED_MASK);
		vx86_guest_xcr0 = vx86_host_xcr0 & ~XCOMP_DYNAMIC;
		has_xsaveopt = boot_cpu_has(X86_FEATURE_XSAVEOPT);
		bytes = vx86_hw_cpuid(0xd, 0).ebx;
		/* Bytes for all of XCR0, dynamic components at the end. */
		if (bytes > XSAVE_BYTES && vx86_guest_xcr0 == vx86_host_xcr0)
			vx86_guest_xcr0 &= XCOMP_FP_SSE | BIT_ULL(2);
	}
	fx = kzalloc(XSAVE_LEGACY, GFP_KERNEL);
	if (!fx)
		return;
	kernel_fpu_begin();
	asm volatile("fxsaveq %0" : "=m"(*(u8(*)[XSAVE_LEGACY])fx));
	kernel_fpu_end();
	if (*(u32 *)(fx + 28))
		mxcsr_mask = *(u32 *)(fx + 28);
	kfree(fx);
}

/* Manual: "Processor State Following Power-up, Reset, or INIT". */
void vx86_fpu_reset(void *xsave)
{
	memset(xsave, 0, XSAVE_BYTES);
	*(u16 *)xsave = 0x37f; /* FCW as after FNINIT, which software expects */
	*(u32 *)(xsave + 24) = 0x1f80; /* MXCSR */
	*(u64 *)(xsave + XSAVE_LEGACY) = XCOMP_FP_SSE; /* XSTATE_BV */
}

int vx86_fpu_init(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	BUILD_BUG_ON(XSAVE_BYTES != PAGE_SIZE); /* hence aligned */
	a->xsave = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	a->boot_xsave = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!a->xsave || !a->boot_xsave) {
		vx86_fpu_exit(vcpu);
		return -ENOMEM;
	}
	vx86_fpu_reset(a->xsave);
	return 0;
}

void vx86_fpu_exit(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (a->xsave)
		memzero_explicit(a->xsave, XSAVE_BYTES);
	free_page((unsigned long)a->xsave);
	free_page((unsigned long)a->boot_xsave);
	a->xsave = NULL;
	a->boot_xsave = NULL;
}

/* ---- registers ---------------------------------------------------------- */

static void area_load(void *area, u64 mask)
{
	if (vx86_host_xcr0)
		asm volatile("1: xrstor64 %0\n"
			     "2:\n" _ASM_EXTABLE(1b, 2b)
			     :: "m"(*(u8(*)[XSAVE_BYTES])area),
			     "a"((u32)mask), "d"((u32)(mask >> 32)));
	else
		asm volatile("1: fxrstorq %0\n"
			     "2:\n" _ASM_EXTABLE(1b, 2b)
			     :: "m"(*(u8(*)[XSAVE_LEGACY])area));
}

static void area_save(void *area, u64 mask)
{
	if (has_xsaveopt)
		asm volatile("xsaveopt64 %0"
			     : "+m"(*(u8(*)[XSAVE_BYTES])area)
			     : "a"((u32)mask), "d"((u32)(mask >> 32)));
	else if (vx86_host_xcr0)
		asm volatile("xsave64 %0"
			     : "+m"(*(u8(*)[XSAVE_BYTES])area)
			     : "a"((u32)mask), "d"((u32)(mask >> 32)));
	else
		asm volatile("fxsaveq %0"
			     : "=m"(*(u8(*)[XSAVE_LEGACY])area));
}

/* PKRU guards user pages of the host's task, too: its value comes back. */
static bool switch_pkru(void)
{
	return vx86_guest_xcr0 & XCOMP_PKRU &&
	       boot_cpu_has(X86_FEATURE_OSPKE);
}

void vx86_fpu_enter(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	kernel_fpu_begin();
	if (switch_pkru())
		a->host_pkru = rdpkru();
	area_load(a->xsave, vx86_guest_xcr0);
	if (vx86_host_xcr0 && a->state.xcr0 != vx86_host_xcr0)
		xsetbv(XCR_XFEATURE_ENABLED_MASK, a->state.xcr0);
}

void vx86_fpu_leave(struct axvm_vcpu *vcpu)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;

	if (vx86_host_xcr0 && a->state.xcr0 != vx86_host_xcr0)
		xsetbv(XCR_XFEATURE_ENABLED_MASK, vx86_host_xcr0);
	area_save(a->xsave, vx86_guest_xcr0);
	if (switch_pkru() && rdpkru() != a->host_pkru)
		wrpkru(a->host_pkru);
	kernel_fpu_end();
}

/* ---- userspace's view ------------------------------------------------------ */

void vx86_fpu_get(struct axvm_vcpu *vcpu, struct axvm_x86_fpu *fpu)
{
	memcpy(fpu->xsave, vcpu->arch.xsave, XSAVE_BYTES);
}

static bool all_zero(const u8 *p, unsigned int bytes)
{
	return !memchr_inv(p, 0, bytes);
}

/* What XRSTOR would refuse.  Manual: "Operation of XRSTOR". */
int vx86_fpu_set(struct axvm_vcpu *vcpu, const struct axvm_x86_fpu *fpu)
{
	const u8 *x = fpu->xsave;
	u64 bv = *(const u64 *)(x + XSAVE_LEGACY);
	u64 may = vx86_guest_xcr0 ?: XCOMP_FP_SSE;

	if (*(const u32 *)(x + 24) & ~mxcsr_mask)
		return -EINVAL;
	if (bv & ~may || !all_zero(x + XSAVE_LEGACY + 8, XSAVE_HEADER - 8))
		return -EINVAL;
	memcpy(vcpu->arch.xsave, x, XSAVE_BYTES);
	/* Not the processor's: MXCSR_MASK. */
	*(u32 *)(vcpu->arch.xsave + 28) = 0;
	return 0;
}
