// SPDX-License-Identifier: GPL-2.0
/*
 * Exits for exceptions and for translations that the nested tables do not
 * have.
 *
 * Manual: "Information for VM Exits Due to Vectored Events", "Exit
 * Qualification for EPT Violations".
 */
#include <linux/bitfield.h>
#include <asm/cpufeature.h>
#include <asm/debugreg.h>

#include "arch/x86/emul/vlapic.h"
#include "arch/x86/vmx/exit.h"
#include "arch/x86/x86.h"

#define INFO_VECTOR GENMASK(7, 0)
#define INFO_TYPE GENMASK(10, 8)
#define INFO_ERROR BIT(11)
#define INFO_NMI_UNBLOCKED BIT(12)
#define INFO_VALID BIT(31)

/* IRET unblocked NMIs, then failed: they are blocked still. */
static void nmi_blocked_again(struct axvm_vcpu *vcpu)
{
	vmx_need(vcpu, VX86_SHADOW);
	vcpu->arch.state.intr_shadow |= VX86_SHADOW_NMI;
	vx86_dirty(vcpu, VX86_SHADOW);
}

/* Manual: "Exit Qualification for Debug Exceptions". */
#define DR_GENERAL_DETECT BIT(13) /* of DR7 */
#define QUAL_DB (GENMASK(3, 0) | DR_STEP | BIT(13))

/* What delivering it would have done to the debug registers. */
static void debug_registers(struct axvm_vcpu *vcpu)
{
	struct vx86_state *s = &vcpu->arch.state;
	u64 qual = vmcs_read(VMCS_EXIT_QUALIFICATION);

	s->dr6 = (s->dr6 & ~GENMASK_ULL(3, 0)) | (qual & QUAL_DB);
	if (s->dr7 & DR_GENERAL_DETECT) {
		s->dr7 &= ~(u64)DR_GENERAL_DETECT;
		vx86_dirty(vcpu, VX86_DR7);
	}
}

/*
 * The guest's own exception, which exits only so that an endless series of
 * them cannot keep the processor from taking interrupts.
 */
static void pass_on(struct axvm_vcpu *vcpu, u32 info)
{
	struct axvm_vcpu_arch *a = &vcpu->arch;
	u8 type = FIELD_GET(INFO_TYPE, info);
	u8 vector = FIELD_GET(INFO_VECTOR, info);
	u32 error = 0;

	if (vector == VX86_DB)
		debug_registers(vcpu);
	if (info & INFO_ERROR)
		error = vmcs_read32(VMCS_EXIT_INTR_ERROR_CODE);
	if (type == VX86_EVENT_EXCEPTION) {
		vx86_raise(vcpu, vector, info & INFO_ERROR, error);
		return;
	}
	/* INT1, which comes after its instruction. */
	a->event = (struct vx86_event){
		.valid = true,
		.type = type,
		.vector = vector,
		.insn_len = vmcs_read32(VMCS_EXIT_INSN_LENGTH),
	};
	set_bit(VX86_PENDING_EVENT, &a->pending);
}

static enum axvm_run unexpected(struct axvm_vcpu *vcpu, u32 info)
{
	struct axvm_exit *e = vmx_exit_new(vcpu, AXVM_EXIT_EXCEPTION);

	e->raw[0] = info;
	if (info & INFO_ERROR)
		e->raw[1] = vmcs_read32(VMCS_EXIT_INTR_ERROR_CODE);
	return AXVM_RUN_STOP;
}

/* Is it what a debugger outside of the guest waits for? */
static bool somebody_watches(struct axvm_vcpu *vcpu, u8 vector)
{
	vcpu->arch.qual = vmcs_read(VMCS_EXIT_QUALIFICATION);
	if (vector == VX86_BP)
		return vx86_debug_insn(vcpu,
				       vmcs_read32(VMCS_EXIT_INSN_LENGTH));
	return vector == VX86_DB && vx86_debug_points(vcpu, vcpu->arch.qual);
}

enum axvm_run vmx_exit_exception(struct axvm_vcpu *vcpu)
{
	u32 info = vmcs_read32(VMCS_EXIT_INTR_INFO);
	enum vmx_event whose = vmx_event_whose(info);
	u8 vector = FIELD_GET(INFO_VECTOR, info);

	/* The host's first: nothing else may come in between. */
	if (whose == VMX_EVENT_HOST_NMI)
		vmx_host_event(vcpu, VMX_REASON_EXCEPTION_NMI);
	else if (whose == VMX_EVENT_HOST_MC)
		vmx_host_event(vcpu, VX86_MC);
	vmx_take_back(vcpu);
	if (whose != VMX_EVENT_GUEST)
		return AXVM_RUN_RESUME;
	if (info & INFO_NMI_UNBLOCKED && !vcpu->arch.event.valid)
		nmi_blocked_again(vcpu);
	if (unlikely(vcpu->arch.debug.on || vcpu->arch.debug.insns) &&
	    somebody_watches(vcpu, vector))
		return AXVM_RUN_BREAK;
	if (vector != VX86_DB && vector != VX86_AC)
		return unexpected(vcpu, info);
	pass_on(vcpu, info);
	/*
	 * If its delivery raises the next one there is no moment in the guest
	 * at which the processor would take the host's interrupts.
	 */
	vmx_host_event(vcpu, VMX_REASON_EXTERNAL_INTERRUPT);
	return AXVM_RUN_RESUME;
}

#define EPT_READ BIT(0)
#define EPT_WRITE BIT(1)
#define EPT_FETCH BIT(2)
#define EPT_GVA_VALID BIT(7)
#define EPT_GVA_FINAL BIT(8) /* its translation, not a table on the way to it */

enum axvm_run vmx_exit_ept_violation(struct axvm_vcpu *vcpu)
{
	u64 qual = vmcs_read(VMCS_EXIT_QUALIFICATION);
	struct axvm_fault *f = &vcpu->fault;

	vmx_take_back(vcpu);
	if (qual & INFO_NMI_UNBLOCKED && !vcpu->arch.event.valid)
		nmi_blocked_again(vcpu);
	vcpu->arch.qual = qual;
	f->gpa = vmcs_read64(VMCS_GUEST_PHYSICAL_ADDRESS);
	f->gva_valid = qual & EPT_GVA_VALID;
	f->gva_final = f->gva_valid && qual & EPT_GVA_FINAL;
	vcpu->arch.walk_fault = !(qual & EPT_GVA_FINAL);
	f->gva = f->gva_valid ? vmcs_read(VMCS_GUEST_LINEAR_ADDRESS) : 0;
	f->prot = 0;
	if (qual & EPT_READ)
		f->prot |= AXVM_MEM_READ;
	if (qual & EPT_WRITE)
		f->prot |= AXVM_MEM_WRITE;
	if (qual & EPT_FETCH)
		f->prot |= AXVM_MEM_EXEC;
	return vmx_quick_mmio(vcpu);
}

/* Manual: "Exit Qualification for APIC-Access VM Exits". */
#define APIC_OFFSET GENMASK(11, 0)
#define APIC_TYPE GENMASK(15, 12)
#define APIC_LINEAR_WRITE 1
#define APIC_PHYSICAL 10 /* and above: of tables on the way to somewhere */

/*
 * The processor does not do this access to the APIC's page: it is executed
 * like any other access to a device.
 */
enum axvm_run vmx_exit_apic_access(struct axvm_vcpu *vcpu)
{
	u64 qual = vmcs_read(VMCS_EXIT_QUALIFICATION);
	struct axvm_fault *f = &vcpu->fault;

	vmx_take_back(vcpu);
	vcpu->arch.qual = qual;
	f->gpa = VLAPIC_BASE_RESET | FIELD_GET(APIC_OFFSET, qual);
	f->gva_valid = false;
	f->gva = 0;
	vcpu->arch.walk_fault = FIELD_GET(APIC_TYPE, qual) >= APIC_PHYSICAL;
	f->prot = FIELD_GET(APIC_TYPE, qual) == APIC_LINEAR_WRITE ?
			  AXVM_MEM_WRITE :
			  AXVM_MEM_READ;
	return AXVM_RUN_FAULT;
}

/* Our tables are wrong: that is no fault of the guest's. */
enum axvm_run vmx_exit_ept_misconfig(struct axvm_vcpu *vcpu)
{
	struct axvm_exit *e = vmx_exit_new(vcpu, AXVM_EXIT_INTERNAL_ERROR);

	e->gpa = vmcs_read64(VMCS_GUEST_PHYSICAL_ADDRESS);
	return AXVM_RUN_STOP;
}
