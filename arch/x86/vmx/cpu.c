// SPDX-License-Identifier: GPL-2.0
/*
 * VMX operation of each CPU, and on which CPU each VMCS is loaded.
 *
 * A VMCS stays loaded on the CPU where its vCPU ran last, together with
 * others; one of them is current.  It is cleared when its vCPU runs
 * elsewhere, ends, or the CPU leaves VMX operation.  Everything about a
 * loaded VMCS happens on that CPU with interrupts off; vmx->cpu says which.
 */
#include <linux/gfp.h>
#include <linux/smp.h>
#include <asm/desc.h>
#include <asm/msr-index.h>
#include <asm/processor-flags.h>

#include "module/arch.h"
#include "module/cpu.h"
#include "arch/x86/hw.h"
#include "arch/x86/ksyms.h"
#include "arch/x86/vmx/host.h"

DEFINE_PER_CPU(struct vmx_cpu, vmx_cpu);

/* ---- memory ------------------------------------------------------------- */

int vmx_cpus_alloc(struct axvm_why *why)
{
	unsigned int cpu;

	if (vmx_l1d_alloc())
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct vmx_cpu *c = &per_cpu(vmx_cpu, cpu);

		INIT_LIST_HEAD(&c->loaded);
		c->current_vmcs = NULL;
		c->region = vmx_vmcs_alloc();
		if (!c->region) {
			vmx_cpus_free();
			return -ENOMEM;
		}
	}
	return 0;
}

void vmx_cpus_free(void)
{
	unsigned int cpu;

	vmx_l1d_free();
	for_each_possible_cpu(cpu) {
		struct vmx_cpu *c = &per_cpu(vmx_cpu, cpu);

		vmx_vmcs_free(c->region);
		c->region = NULL;
	}
}

/* ---- into VMX operation and out of it ------------------------------------ */

static int refuse(struct axvm_why *why, u32 code, int err, const char *text)
{
	why->code = code;
	why->err = err;
	snprintf(why->text, sizeof(why->text), "CPU %d: %s",
		 raw_smp_processor_id(), text);
	return err;
}

static u64 read_msr(u32 msr)
{
	u64 value = 0;

	vx86_rdmsr_safe(msr, &value);
	return value;
}

static u64 tss_base(const struct desc_ptr *gdt)
{
	const struct ldttss_desc *d;

	d = (void *)(gdt->address + GDT_ENTRY_TSS * 8);
	return d->base0 | (u32)d->base1 << 16 | (u32)d->base2 << 24 |
	       (u64)d->base3 << 32;
}

/* What VM exits load and what stays must put back does not change. */
static void read_host(struct vmx_cpu *c)
{
	native_store_gdt(&c->gdt);
	store_idt(&c->idt);
	c->tr_base = tss_base(&c->gdt);
	c->gs_base = read_msr(MSR_GS_BASE);
	c->sysenter_cs = read_msr(MSR_IA32_SYSENTER_CS);
	c->sysenter_esp = read_msr(MSR_IA32_SYSENTER_ESP);
	c->sysenter_eip = read_msr(MSR_IA32_SYSENTER_EIP);
	c->star = read_msr(MSR_STAR);
	c->lstar = read_msr(MSR_LSTAR);
	c->cstar = read_msr(MSR_CSTAR);
	c->fmask = read_msr(MSR_SYSCALL_MASK);
	c->tsc_aux = read_msr(MSR_TSC_AUX);
	c->xss = boot_cpu_has(X86_FEATURE_XSAVES) ? read_msr(MSR_IA32_XSS) : 0;
}

static int check_feature_control(struct axvm_why *why)
{
	u64 feat = read_msr(MSR_IA32_FEAT_CTL);
	int r = vmx_feature_control(&feat);

	if (r < 0)
		return refuse(why, AXVM_WHY_FIRMWARE, -EOPNOTSUPP,
			      "VMX is disabled by firmware (IA32_FEATURE_CONTROL)");
	if (r > 0 && vx86_wrmsr_safe(MSR_IA32_FEAT_CTL, feat))
		return refuse(why, AXVM_WHY_FIRMWARE, -EOPNOTSUPP,
			      "IA32_FEATURE_CONTROL cannot be written");
	return 0;
}

/* Each CPU must be able to do what the first one was asked. */
static int check_same(struct axvm_why *why)
{
	if (read_msr(MSR_IA32_VMX_BASIC) != vmx_caps.basic ||
	    read_msr(MSR_IA32_VMX_TRUE_PROCBASED_CTLS) !=
		    vmx_caps.cap[VMXCTL_PROC] ||
	    read_msr(MSR_IA32_VMX_PROCBASED_CTLS2) !=
		    vmx_caps.cap[VMXCTL_PROC2] ||
	    read_msr(MSR_IA32_VMX_EPT_VPID_CAP) != vmx_caps.ept_vpid)
		return refuse(why, AXVM_WHY_CPU_OFFLINE, -EPROTO,
			      "its VMX capabilities differ from those of other CPUs");
	return 0;
}

/* Processor trace makes way for VMX operation where it must. */
static void processor_trace(int on)
{
	if (vx86_ksyms.intel_pt_handle_vmx)
		vx86_ksyms.intel_pt_handle_vmx(on);
}

int vmx_cpu_enable(struct axvm_why *why)
{
	struct vmx_cpu *c = this_cpu_ptr(&vmx_cpu);
	int err;

	if (native_read_cr4() & X86_CR4_VMXE)
		return refuse(why, AXVM_WHY_BUSY, -EBUSY,
			      "another hypervisor uses VMX (CR4.VMXE is set): stop its VMs, or unload it (KVM: modprobe -r kvm_intel)");
	if (!c->region)
		return refuse(why, AXVM_WHY_CPU_OFFLINE, -EPROTO,
			      "it was not known when memory was allocated");
	err = check_feature_control(why) ?: check_same(why);
	if (err)
		return err;
	if (!vmx_cr_allowed(native_read_cr0(), vmx_caps.cr0_fixed0,
			    vmx_caps.cr0_fixed1) ||
	    !vmx_cr_allowed(native_read_cr4() | X86_CR4_VMXE,
			    vmx_caps.cr4_fixed0, vmx_caps.cr4_fixed1))
		return refuse(why, AXVM_WHY_BAD_CR, -EPROTO,
			      "CR0 or CR4 is not allowed in VMX operation");
	/* The kernel's shadow of CR4 stays in step, or it would clear VMXE. */
	vx86_ksyms.cr4_update_irqsoff(X86_CR4_VMXE, 0);
	processor_trace(1);
	err = vmx_vmxon(__pa(c->region));
	if (err) {
		processor_trace(0);
		vx86_ksyms.cr4_update_irqsoff(0, X86_CR4_VMXE);
		return refuse(why, AXVM_WHY_ENTER_FAILED, -EPROTO,
			      err == -EFAULT ? "VMXON faulted" :
					       "VMXON failed");
	}
	read_host(c);
	c->last_vm = 0;
	c->on = true;
	/* Nobody cleaned up what an earlier stay in VMX operation cached. */
	vmx_invept(VMX_INVEPT_ALL, 0);
	if (vmx_has(VMX_PROC2_VPID))
		vmx_invvpid(VMX_INVVPID_ALL, 0);
	return 0;
}

static void clear_here(struct vmx_vcpu *vmx)
{
	struct vmx_cpu *c = this_cpu_ptr(&vmx_cpu);

	vmx_vmclear(vmx->vmcs_pa);
	if (c->current_vmcs == vmx)
		c->current_vmcs = NULL;
	list_del(&vmx->node);
	vmx->resume = 0;
	/* release: whoever loads it next sees what it holds */
	smp_store_release(&vmx->cpu, -1);
}

/*
 * Also for a dying host, then possibly in an NMI that interrupted a change of
 * the list: walking forward is safe, changing it is not needed any more.
 */
void vmx_cpu_disable(void)
{
	struct vmx_cpu *c = this_cpu_ptr(&vmx_cpu);
	struct vmx_vcpu *vmx, *next;

	if (!c->on)
		return;
	c->on = false;
	if (in_nmi() || oops_in_progress) {
		list_for_each_entry(vmx, &c->loaded, node)
			vmx_vmclear(vmx->vmcs_pa);
	} else {
		list_for_each_entry_safe(vmx, next, &c->loaded, node)
			clear_here(vmx);
	}
	vmx_vmxoff();
	processor_trace(0);
	vx86_ksyms.cr4_update_irqsoff(0, X86_CR4_VMXE);
}

/* ---- VMCSs ---------------------------------------------------------------- */

static void clear_ipi(void *data)
{
	struct vmx_vcpu *vmx = data;

	if (READ_ONCE(vmx->cpu) == smp_processor_id())
		clear_here(vmx);
}

/* Until it is loaded nowhere; a CPU that goes away clears it by itself. */
static void clear_anywhere(struct vmx_vcpu *vmx)
{
	int cpu;

	/* pairs with the release in clear_here() */
	while ((cpu = smp_load_acquire(&vmx->cpu)) >= 0)
		smp_call_function_single(cpu, clear_ipi, vmx, 1);
}

void vmx_unload(struct axvm_vcpu *vcpu)
{
	clear_anywhere(&vcpu->arch.vmx);
}

static void load_here(struct axvm_vcpu *vcpu)
{
	struct vmx_cpu *c = this_cpu_ptr(&vmx_cpu);
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;

	if (vmx->cpu >= 0) {
		if (c->current_vmcs == vmx)
			return;
		vmx_vmptrld(vmx->vmcs_pa);
		c->current_vmcs = vmx;
		return;
	}
	list_add(&vmx->node, &c->loaded);
	/* Linked before it is loaded: a crash in between clears it. */
	barrier();
	if (!vmx->constant)
		vmx_vmclear(vmx->vmcs_pa);
	vmx_vmptrld(vmx->vmcs_pa);
	c->current_vmcs = vmx;
	WRITE_ONCE(vmx->cpu, smp_processor_id());
	if (!vmx->constant) {
		vmx_vmcs_setup(vcpu);
		vmx->constant = true;
	}
	vmx_vmcs_host(vcpu);
}

void vmx_load(struct axvm_vcpu *vcpu)
{
	struct vmx_vcpu *vmx = &vcpu->arch.vmx;

	local_irq_enable();
	if (READ_ONCE(vmx->cpu) != smp_processor_id())
		clear_anywhere(vmx);
	local_irq_disable();
	/* While they were on this CPU may have been given back. */
	if (this_cpu_read(vmx_cpu.on))
		load_here(vcpu);
}

/* ---- parts of the state for code outside of a stay ------------------------- */

struct fetch {
	struct axvm_vcpu *vcpu;
	u32 mask;
	bool load; /* load it, if it is loaded nowhere */
};

static void fetch_here(void *data)
{
	struct vmx_cpu *c = this_cpu_ptr(&vmx_cpu);
	struct vmx_vcpu *before = c->current_vmcs;
	struct fetch *f = data;
	struct vmx_vcpu *vmx = &f->vcpu->arch.vmx;

	if (!c->on)
		return;
	if (vmx->cpu != smp_processor_id() && (vmx->cpu >= 0 || !f->load))
		return;
	load_here(f->vcpu);
	vmx_fetch(f->vcpu, f->mask & ~f->vcpu->arch.valid);
	/* A stay that this interrupted finds its own VMCS again. */
	if (before && before != vmx) {
		vmx_vmptrld(before->vmcs_pa);
		c->current_vmcs = before;
	}
}

static void fetch_local(struct fetch *f)
{
	unsigned long flags;

	local_irq_save(flags);
	fetch_here(f);
	local_irq_restore(flags);
}

/* Where it is loaded, or here if it is loaded nowhere. */
static void fetch_somewhere(struct fetch *f)
{
	struct vmx_vcpu *vmx = &f->vcpu->arch.vmx;
	int at;

	preempt_disable();
	at = READ_ONCE(vmx->cpu);
	f->load = at < 0;
	if (at < 0 || at == smp_processor_id())
		fetch_local(f);
	preempt_enable();
	if (at >= 0 && f->mask & ~f->vcpu->arch.valid)
		smp_call_function_single(at, fetch_here, f, 1);
}

/* A CPU that goes away in between clears it; how often can that happen? */
#define FETCH_TRIES 8

/*
 * The caller owns the vCPU, so nobody else loads it.  This gets nowhere only
 * if every CPU has left VMX operation: the values are old then, and the host
 * is going down.
 */
void vmx_need_remote(struct axvm_vcpu *vcpu, u32 mask)
{
	struct fetch f = { .vcpu = vcpu, .mask = mask };
	unsigned int cpu, tries;

	for (tries = 0; tries < FETCH_TRIES; tries++) {
		if (!(mask & ~vcpu->arch.valid))
			return;
		fetch_somewhere(&f);
	}
	/* This CPU is of no use, but another one may be. */
	f.load = true;
	for_each_online_cpu(cpu) {
		if (!(mask & ~vcpu->arch.valid))
			return;
		smp_call_function_single(cpu, fetch_here, &f, 1);
	}
}
