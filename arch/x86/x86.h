/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of arch/x86 share, above any vendor's extension.
 */
#ifndef AXVM_X86_X86_H
#define AXVM_X86_X86_H

#include <asm/processor-flags.h>
#include "module/exit_quick.h"
#include "module/vm.h"
#include "arch/x86/backend.h"
#include "arch/x86/emul/gwalk.h"

/* What axvm_arch_vcpu_slow() is to do: axvm_vcpu_arch.slow. */
#define VX86_SLOW_STRING_IO 1 /* go on with a->pio */
#define VX86_SLOW_REFUSED 2 /* record a hypercall that was refused */

#define VX86_SLOW_WAKE 3 /* somebody waits for the record just made */
#define VX86_SLOW_WRMSR 4 /* a local APIC's register, where one may sleep */
#define VX86_SLOW_APIC_WRITE 5 /* the same, through its page */
#define VX86_SLOW_LEAVE 6 /* nothing, but leave the inner loop */
#define VX86_SLOW_TASK 7 /* a task switch; a->qual tells of it */
#define VX86_SLOW_PDPTES 8 /* a->cr_part is a->cr_value if CR3's PDPTEs are good */

/* Exceptions. */
#define VX86_DE 0
#define VX86_DB 1
#define VX86_BP 3
#define VX86_UD 6
#define VX86_DF 8
#define VX86_TS 10
#define VX86_NP 11
#define VX86_SS 12
#define VX86_GP 13
#define VX86_PF 14
#define VX86_AC 17
#define VX86_MC 18

/**
 * vx86_need() - make parts of the state valid (VX86_*)
 *
 * In a stay (irqs off) from the current control structure; elsewhere
 * (process) from wherever it is loaded.
 */
static inline void vx86_need(struct axvm_vcpu *vcpu, u32 mask)
{
	if (mask & ~vcpu->arch.valid)
		vx86_call(need)(vcpu, mask);
}

/* What a walk of the guest's tables looks at; asked for at once. */
#define VX86_WALK                                                   \
	(VX86_CR0 | VX86_CR3 | VX86_CR4 | VX86_EFER | VX86_RFLAGS | \
	 VX86_SEG(AXVM_X86_CS) | VX86_SEG(AXVM_X86_SS))

/** vx86_dirty() - parts of the state were changed and are valid */
static inline void vx86_dirty(struct axvm_vcpu *vcpu, u32 mask)
{
	vcpu->arch.valid |= mask;
	vcpu->arch.dirty |= mask;
}

/* ---- inject.c: events -------------------------------------------------- */

/** vx86_raise() - an exception; contributory ones become #DF (own thread) */
void vx86_raise(struct axvm_vcpu *vcpu, u8 vector, bool has_error, u32 error);
/** vx86_raise_pf() - #PF at @gva */
void vx86_raise_pf(struct axvm_vcpu *vcpu, gva_t gva, u32 error);

static inline void vx86_raise_gp(struct axvm_vcpu *vcpu)
{
	vx86_raise(vcpu, VX86_GP, true, 0);
}

static inline void vx86_raise_ud(struct axvm_vcpu *vcpu)
{
	vx86_raise(vcpu, VX86_UD, false, 0);
}

/** vx86_pend_irq() - a vector waits for IF (any context) */
void vx86_pend_irq(struct axvm_vcpu *vcpu, u8 vector);
/** vx86_pend_nmi() - an NMI waits; at most two do (any context) */
void vx86_pend_nmi(struct axvm_vcpu *vcpu);
/**
 * vx86_next_irq() - highest vector that waits and that the priority lets in,
 * or -1; what it returns is for vx86_take_irq() alone
 */
int vx86_next_irq(const struct axvm_vcpu *vcpu);
/** vx86_next_inject() - the same, if it is for us to inject */
int vx86_next_inject(const struct axvm_vcpu *vcpu);
/**
 * vx86_take_irq() - it goes into the guest
 *
 * Return: the vector, or -1: there is none after all.
 */
int vx86_take_irq(struct axvm_vcpu *vcpu, int next);
/**
 * vx86_irq_settle() - forget VX86_PENDING_IRQ if nothing waits (own)
 *
 * It stays while anything does, whatever holds it back.
 */
void vx86_irq_settle(struct axvm_vcpu *vcpu);
void vx86_take_nmi(struct axvm_vcpu *vcpu);
/** Would the guest accept an interrupt now?  State must be valid. */
bool vx86_irq_open(const struct axvm_vcpu *vcpu);
/** vx86_events_reset() - forget all that is pending (vCPU out) */
void vx86_events_reset(struct axvm_vcpu *vcpu);
/** vx86_events_init() - INIT: the same, but for INIT and SIPI (own thread) */
void vx86_events_init(struct axvm_vcpu *vcpu);

/* ---- debug.c: debugging from outside -------------------------------------- */

/** Can the extension stop after each instruction?  Then there is debugging. */
extern bool vx86_can_step;
/** vx86_debug_stepped() - the step is over: record it.  Returns BREAK. */
enum axvm_run vx86_debug_stepped(struct axvm_vcpu *vcpu);
/** vx86_debug_insn() - INT3 of @len bytes: true: recorded, BREAK */
bool vx86_debug_insn(struct axvm_vcpu *vcpu, u32 len);
/** vx86_debug_points() - DR6.B0-B3 are @hits: true: recorded, BREAK */
bool vx86_debug_points(struct axvm_vcpu *vcpu, u64 hits);
/** vx86_debug_reset() - the vCPU is reset: what was hit is forgotten */
void vx86_debug_reset(struct axvm_vcpu *vcpu);

/* ---- insn.c: finishing an instruction ------------------------------------ */

void vx86_advance_rare(struct axvm_vcpu *vcpu, u64 from);

/**
 * vx86_advance() - the instruction of @len bytes at RIP is done
 *
 * Ends the shadow of STI and MOV SS, clears RF, raises #DB after a single
 * step.
 */
static inline void vx86_advance(struct axvm_vcpu *vcpu, u32 len)
{
	struct vx86_state *s = &vcpu->arch.state;
	u64 from;

	vx86_need(vcpu, VX86_RIP | VX86_RFLAGS | VX86_SHADOW);
	from = s->rip;
	s->rip += len;
	vx86_dirty(vcpu, VX86_RIP);
	if (unlikely(vcpu->arch.debug.step ||
		     s->intr_shadow & (VX86_SHADOW_STI | VX86_SHADOW_MOV_SS) ||
		     s->rflags & (X86_EFLAGS_TF | X86_EFLAGS_RF) ||
		     (s->rip ^ from) >> 32))
		vx86_advance_rare(vcpu, from);
}

/** vx86_nx_blocks() - may nested tables have no executable block? */
bool vx86_nx_blocks(void);

/** vx86_mode() - AXVM_X86_MODE_* */
u32 vx86_mode(struct axvm_vcpu *vcpu);
/** vx86_cpl() - current privilege level */
u32 vx86_cpl(struct axvm_vcpu *vcpu);
/** vx86_exit_new() - begin vcpu->exit: zeroed but reason and pc */
struct axvm_exit *vx86_exit_new(struct axvm_vcpu *vcpu, u32 reason);
/**
 * vx86_exit_begin() - the same, where the record is to stay: all of it is
 * written but what axvm_exit_quick_begin() says
 * @words: of the reason's own part
 */
static __always_inline void vx86_exit_begin(struct axvm_vcpu *vcpu,
					    struct axvm_exit *e, u32 reason,
					    const u64 words[8])
{
	unsigned int i;

	e->reason = reason;
	e->hw_reason = vcpu->arch.vmx.exit_reason;
	e->pc = vcpu->arch.state.rip;
	e->gpa = 0;
	e->gva = 0;
	e->qual = vcpu->arch.qual;
#pragma GCC unroll 8
	for (i = 0; i < 8; i++)
		WRITE_ONCE(e->raw[i], words[i]);
}

/** vx86_exit_put() - such a record is complete: RESUME, or SLOW to wake others */
static __always_inline enum axvm_run vx86_exit_put(struct axvm_vcpu *vcpu,
						   struct axvm_exit *e)
{
	if (likely(!axvm_exit_quick_put(vcpu, e)))
		return AXVM_RUN_RESUME;
	vcpu->arch.slow = VX86_SLOW_WAKE;
	return AXVM_RUN_SLOW;
}

/**
 * vx86_icpu_load() - registers for the instruction emulator
 * @segments: in 64-bit mode, too, where none but FS and GS means anything
 */
void vx86_icpu_load(struct axvm_vcpu *vcpu, bool segments);
void vx86_icpu_store(struct axvm_vcpu *vcpu);

/* ---- gmem.c: guest memory by linear address (process) ----------------------- */

#define VX86_MEM_WRITE 1
#define VX86_MEM_FETCH 2
#define VX86_MEM_USER 4 /* as at CPL 3, whatever it is */
#define VX86_MEM_SYSTEM 8 /* implicit supervisor access, whatever it is */

/**
 * vx86_gva_look_up() - translate, and raise nothing
 * @error: out, with -EFAULT: error code of the page fault
 *
 * Return: as vx86_gva_to_gpa(); -EINVAL the address is not canonical.
 */
int vx86_gva_look_up(struct axvm_vcpu *vcpu, gva_t gva, u32 flags, gpa_t *gpa,
		     u32 *error);

/**
 * vx86_gva_to_gpa() - translate as the current instruction would
 * @flags: VX86_MEM_*
 *
 * Tables outside of memory read as all-ones.
 * Return: 0; -EFAULT an exception was raised in the guest; -ENOMEM; -EAGAIN.
 */
int vx86_gva_to_gpa(struct axvm_vcpu *vcpu, gva_t gva, u32 flags, gpa_t *gpa);

/**
 * vx86_gva_rw() - copy bytes of one page
 *
 * Return: as vx86_gva_to_gpa(); -ENXIO it is no memory: *@gpa is the address.
 */
int vx86_gva_rw(struct axvm_vcpu *vcpu, gva_t gva, void *buf, unsigned int len,
		u32 flags, gpa_t *gpa);

/** vx86_fetch() - instruction bytes at RIP; their number, or -errno */
int vx86_fetch(struct axvm_vcpu *vcpu, u8 *bytes, unsigned int len);

/** vx86_load_pdptes() - PAE: read the PDPTEs that CR3 points to (process) */
int vx86_load_pdptes(struct axvm_vcpu *vcpu);
/** vx86_slow_pdptes() - VX86_SLOW_PDPTES */
enum axvm_run vx86_slow_pdptes(struct axvm_vcpu *vcpu);

/* ---- task.c: hardware task switches ------------------------------------------ */

/* What one looks at; asked for at once. */
#define VX86_TASK                                                    \
	(VX86_WALK | VX86_SEGS | VX86_GDT | VX86_RIP | VX86_RSP |    \
	 VX86_SHADOW | VX86_PDPTE)

/** vx86_task_switch() - VX86_SLOW_TASK */
enum axvm_run vx86_task_switch(struct axvm_vcpu *vcpu);

/* ---- sysreg.c: CPUID, MSRs, XCR0 ----------------------------------------------- */

/** vx86_sysreg_probe() - what the host's MSRs say once and for all */
void vx86_sysreg_probe(void);
int vx86_cpuid_init(struct axvm_vm *vm, unsigned int nr_cpus);
/** vx86_features() - what the VM's table allows, into a vCPU (vCPU out) */
void vx86_features(struct axvm_vcpu *vcpu);
/** vx86_signature() - CPUID leaf 1, EAX */
u32 vx86_signature(const struct axvm_vcpu *vcpu);
void vx86_cpuid(struct axvm_vcpu *vcpu);
/** vx86_cpuid_forget() - XCR0 or an MSR that CPUID shows changed */
void vx86_cpuid_forget(struct axvm_vcpu *vcpu);
void vx86_msr_env(struct axvm_vcpu *vcpu, struct vmsr_env *env);
/** vx86_msr_read() / _write() - as vmsr_read() (in a stay or out of it) */
int vx86_msr_read(struct axvm_vcpu *vcpu, u32 index, u64 *value);
int vx86_msr_write(struct axvm_vcpu *vcpu, u32 index, u64 value, bool user);
/** RDMSR and WRMSR exits. */
enum axvm_run vx86_exit_rdmsr(struct axvm_vcpu *vcpu);
enum axvm_run vx86_exit_wrmsr(struct axvm_vcpu *vcpu);
/** XSETBV; true: done, false: #GP */
bool vx86_xsetbv(struct axvm_vcpu *vcpu, u32 index, u64 value);

/* ---- exit_io.c: ports ----------------------------------------------------------- */

/** vx86_exit_io() - a->pio is decoded, the instruction is @len bytes */
enum axvm_run vx86_exit_io(struct axvm_vcpu *vcpu, u32 len);
/** vx86_exit_io_again() - the same, for what a->user_io says */
enum axvm_run vx86_exit_io_again(struct axvm_vcpu *vcpu, u32 len);
enum axvm_run vx86_slow_string(struct axvm_vcpu *vcpu);
enum axvm_run vx86_complete_io(struct axvm_vcpu *vcpu, u64 data);

/** vx86_string_answered() - memory of an element was no RAM: the record's answer */
enum axvm_run vx86_string_answered(struct axvm_vcpu *vcpu, u64 data);

/* ---- mmio.c ------------------------------------------------------------------------ */

/**
 * vx86_access() - perform arch.irun.access: on RAM, devices in the kernel, or
 * by records, one for each page and piece of it (process)
 * @value: out: what was read
 * @r: out: what to return to the outer loop when it is not done
 *
 * Return: true: done.  False with a record: vx86_access_answered() goes on.
 */
bool vx86_access(struct axvm_vcpu *vcpu, u64 *value, enum axvm_run *r);
bool vx86_access_answered(struct axvm_vcpu *vcpu, u64 data, u64 *value,
			  enum axvm_run *r);
/** vx86_access_failed() - what to return when memory cannot be reached */
enum axvm_run vx86_access_failed(struct axvm_vcpu *vcpu, int err);
enum axvm_run vx86_complete_mmio(struct axvm_vcpu *vcpu, u64 data);

/* ---- fpu.c --------------------------------------------------------------------------- */

extern u64 vx86_host_xcr0; /* 0 without XSAVE */
extern u64 vx86_guest_xcr0; /* components that guests may use */

void vx86_fpu_probe(void);
int vx86_fpu_init(struct axvm_vcpu *vcpu);
void vx86_fpu_exit(struct axvm_vcpu *vcpu);
void vx86_fpu_reset(void *xsave);
/** Preemption goes off, the FPU and XCR0 become the guest's, and back. */
void vx86_fpu_enter(struct axvm_vcpu *vcpu);
void vx86_fpu_leave(struct axvm_vcpu *vcpu);
int vx86_fpu_set(struct axvm_vcpu *vcpu, const struct axvm_x86_fpu *fpu);
void vx86_fpu_get(struct axvm_vcpu *vcpu, struct axvm_x86_fpu *fpu);

/* ---- regs.c --------------------------------------------------------------------------- */

void vx86_reset_state(struct axvm_vcpu *vcpu);

#endif /* AXVM_X86_X86_H */
