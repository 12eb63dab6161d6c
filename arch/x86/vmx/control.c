// SPDX-License-Identifier: GPL-2.0
/*
 * A vCPU's VMCS read field by field, for whoever looks at it from outside.
 */
#include <linux/bitmap.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <asm/page.h>

#include "module/arch.h"
#include "module/cpu.h"
#include "arch/x86/vmx/vmx.h"
#include "arch/x86/x86.h"

static DEFINE_MUTEX(probe_lock); /* fields_here, fields_known */
static DECLARE_BITMAP(fields_here, AXVM_CONTROL_FIELDS);
static bool fields_known;

/*
 * Which fields this processor has.  Reading one that it has not leaves an
 * error behind in the VMCS, so a VMCS of nobody is asked.  Irqs off.
 */
static void probe_here(void *vmcs)
{
	struct vmx_cpu *c = this_cpu_ptr(&vmx_cpu);
	const struct vmcs_field_info *f;
	unsigned int i;
	u64 value;

	vmx_vmclear(__pa(vmcs));
	vmx_vmptrld(__pa(vmcs));
	for (i = 0; i < AXVM_CONTROL_FIELDS && (f = vmcs_field_info(i)); i++)
		if (!vmx_vmread_any(f->encoding, &value))
			__set_bit(i, fields_here);
	vmx_vmclear(__pa(vmcs));
	c->current_vmcs = NULL;
}

static int probe(void)
{
	void *vmcs;
	int err = 0;

	mutex_lock(&probe_lock);
	if (fields_known)
		goto out;
	err = -ENOMEM;
	vmcs = vmx_vmcs_alloc();
	if (!vmcs)
		goto out;
	err = -EBADFD;
	preempt_disable();
	local_irq_disable();
	if (this_cpu_read(vmx_cpu.on)) {
		probe_here(vmcs);
		fields_known = true;
		err = 0;
	}
	local_irq_enable();
	preempt_enable();
	vmx_vmcs_free(vmcs);
out:
	mutex_unlock(&probe_lock);
	return err;
}

/* VMCS current, irqs off. */
static u32 read_fields(bool all, struct axvm_reg *fields)
{
	const struct vmcs_field_info *f;
	unsigned int i;
	u32 n = 0;

	for (i = 0; i < AXVM_CONTROL_FIELDS && (f = vmcs_field_info(i)); i++) {
		if (!test_bit(i, fields_here) ||
		    (!all && vmcs_field_secret(f->encoding)))
			continue;
		fields[n].id = f->encoding;
		vmx_vmread_any(f->encoding, &fields[n].value);
		n++;
	}
	return n;
}

/* Preemption off, this CPU is ours. */
static int read_here(struct axvm_vcpu *vcpu, bool all, struct axvm_reg *fields,
		     u32 *n)
{
	int err = -EAGAIN;

	local_irq_disable();
	vmx_load(vcpu);
	/* Not if this CPU was given back meanwhile. */
	if (vcpu->arch.vmx.cpu == smp_processor_id()) {
		/* As the next entry would find it. */
		if (vcpu->arch.debug.changed)
			vmx_debug_controls(vcpu);
		vmx_flush(vcpu);
		*n = read_fields(all, fields);
		err = 0;
	}
	local_irq_enable();
	return err;
}

#define TRIES 8

int vmx_control(struct axvm_vcpu *vcpu, bool all, struct axvm_reg *fields,
		u32 *n, u32 *kind)
{
	int err = probe(), tries;

	*kind = AXVM_CONTROL_VMCS;
	if (err)
		return err;
	for (tries = 0; tries < TRIES; tries++) {
		preempt_disable();
		err = axvm_cpu_ready() ? read_here(vcpu, all, fields, n) :
					 -EAGAIN;
		preempt_enable();
		if (!err)
			return 0;
	}
	return -EBADFD;
}
