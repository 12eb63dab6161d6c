// SPDX-License-Identifier: GPL-2.0
/*
 * A VM's interrupt controller: the model of emul/ with a lock, on the bus, and
 * what raises interrupts in it.  List registers are vgic_hw_v3.c's; here is
 * who must be out of the guest before they are looked at.
 *
 * A vCPU's list registers hold interrupts only from vgic_hw_flush() to the
 * next vgic_hw_fold(), which a stay's end does at the latest.  The lock guards
 * them while the vCPU is out of the guest; to get it out, @hold's owner sets
 * AXVM_REQ_ARCH0, which no vCPU enters with, and waits for in_guest to go.
 */
#include <linux/bits.h>
#include <linux/preempt.h>
#include <linux/slab.h>

#include "arch/arm64/arm64.h"
#include "arch/arm64/vgic.h"
#include "arch/arm64/emul/stage2.h"

#define GICC_DIR 0x1000
#define GICC_DIR_INTID GENMASK(9, 0)

static struct arm64_vgic *of_model(struct vgic *v)
{
	return container_of(v, struct arm64_vgic, model);
}

/*
 * Lock held.  Pairs with the look at @gic_todo behind axvm_vcpu_enter_begin(),
 * which a vCPU whose stay goes on below us has before it.
 */
static void vgic_changed(struct vgic *v, unsigned int cpu, bool wake)
{
	struct axvm_vcpu *vcpu = READ_ONCE(of_model(v)->vm->vcpus[cpu]);

	if (!vcpu)
		return;
	WRITE_ONCE(vcpu->arch.gic_todo, true);
	if ((wake || vcpu->arch.gic_busy) && !vtimer_loaded_here(vcpu))
		axvm_vcpu_kick(vcpu);
}

static const struct vgic_ops vgic_ops = { .changed = vgic_changed };

/* ---- registers --------------------------------------------------------- */

/* Lock held: does another vCPU (@cpu, or any if negative) hold interrupts? */
static bool others_hold(struct arm64_vgic *g, struct axvm_vcpu *self, int cpu)
{
	unsigned int i;

	for (i = 0; i < g->model.nr_cpus; i++) {
		struct axvm_vcpu *v = g->vm->vcpus[i];

		if (v && v != self && (cpu < 0 || cpu == i) && v->arch.gic_busy)
			return true;
	}
	return false;
}

static void others_out(struct arm64_vgic *g, struct axvm_vcpu *self)
{
	unsigned int i;

	for (i = 0; i < g->model.nr_cpus; i++) {
		struct axvm_vcpu *v = g->vm->vcpus[i];

		if (v && v != self)
			axvm_vcpu_request(v, AXVM_REQ_ARCH0);
	}
	for (i = 0; i < g->model.nr_cpus; i++) {
		struct axvm_vcpu *v = g->vm->vcpus[i];

		/* Pairs with axvm_vcpu_enter_end(): its list registers. */
		while (v && v != self && smp_load_acquire(&v->in_guest))
			cpu_relax();
	}
}

static void others_in(struct arm64_vgic *g, struct axvm_vcpu *self)
{
	unsigned int i;

	for (i = 0; i < g->model.nr_cpus; i++) {
		struct axvm_vcpu *v = g->vm->vcpus[i];

		if (v && v != self)
			clear_bit(AXVM_REQ_ARCH0, &v->requests);
	}
}

static void fold_all(struct arm64_vgic *g)
{
	unsigned int i;

	for (i = 0; i < g->model.nr_cpus; i++)
		if (g->vm->vcpus[i])
			vgic_hw_fold(g->vm->vcpus[i]);
}

/**
 * struct vgic_access - of the guest
 * @cpu: whose redistributor, or -1: the distributor
 * @offset: in there
 * @bytes: width
 * @write: direction
 * @data: value written, or out
 */
struct vgic_access {
	int cpu;
	unsigned int offset;
	unsigned int bytes;
	bool write;
	u64 *data;
};

/* Lock held. */
static void access_do(struct arm64_vgic *g, struct axvm_vcpu *self,
		      const struct vgic_access *a)
{
	if (g->model.v2)
		vgic2_dist_access(&g->model, self->index, a->offset, a->bytes,
				  a->write, a->data);
	else if (a->cpu < 0)
		vgic_dist_access(&g->model, a->offset, a->bytes, a->write,
				 a->data);
	else
		vgic_redist_access(&g->model, a->cpu, a->offset, a->bytes,
				   a->write, a->data);
}

static void access_held(struct arm64_vgic *g, struct axvm_vcpu *self,
			const struct vgic_access *a)
{
	unsigned long flags;

	raw_spin_lock(&g->hold);
	others_out(g, self);
	raw_spin_lock_irqsave(&g->lock, flags);
	fold_all(g);
	access_do(g, self, a);
	raw_spin_unlock_irqrestore(&g->lock, flags);
	others_in(g, self);
	raw_spin_unlock(&g->hold);
}

static void access(struct arm64_vgic *g, struct axvm_vcpu *self,
		   const struct vgic_access *a)
{
	bool sync = g->model.v2 ? vgic2_needs_sync(a->offset) :
				  vgic_needs_sync(a->cpu >= 0, a->offset);
	unsigned long flags;

	raw_spin_lock_irqsave(&g->lock, flags);
	if (sync && others_hold(g, self, a->cpu)) {
		raw_spin_unlock_irqrestore(&g->lock, flags);
		access_held(g, self, a);
		return;
	}
	if (sync)
		vgic_hw_fold(self);
	access_do(g, self, a);
	raw_spin_unlock_irqrestore(&g->lock, flags);
}

static noinline void dist_access_locked(struct arm64_vgic *g,
					struct axvm_vcpu *vcpu, u64 addr,
					unsigned int bytes, bool write,
					u64 *data)
{
	const struct vgic_access a = { -1, addr, bytes, write, data };

	access(g, vcpu, &a);
}

static bool dist_access(struct axvm_device *dev, struct axvm_vcpu *vcpu,
			u64 addr, unsigned int bytes, bool write, u64 *data)
{
	struct arm64_vgic *g = container_of(dev, struct arm64_vgic, dist);

	if (!write && !g->model.v2 && vgic_is_fixed(false, addr))
		vgic_dist_access(&g->model, addr, bytes, write, data);
	else
		dist_access_locked(g, vcpu, addr, bytes, write, data);
	return true;
}

static bool redist_access(struct axvm_device *dev, struct axvm_vcpu *vcpu,
			  u64 addr, unsigned int bytes, bool write, u64 *data)
{
	struct arm64_vgic *g = container_of(dev, struct arm64_vgic, redist);
	const struct vgic_access a = { addr / VGIC_REDIST_BYTES,
				       addr % VGIC_REDIST_BYTES, bytes, write,
				       data };

	if (a.cpu >= g->model.nr_cpus)
		return false;
	/* A GICv2 has no redistributors on the bus. */
	if (!write && vgic_is_fixed(true, a.offset))
		access_do(g, vcpu, &a);
	else
		access(g, vcpu, &a);
	return true;
}

/* ---- what raises interrupts --------------------------------------------- */

void arm64_vgic_line(struct axvm_vcpu *vcpu, u32 intid, bool level)
{
	struct arm64_vgic *g = vcpu->vm->arch.vgic;
	unsigned long flags;

	if (!g)
		return;
	raw_spin_lock_irqsave(&g->lock, flags);
	vgic_set_line(&g->model, vcpu->index, intid, level);
	raw_spin_unlock_irqrestore(&g->lock, flags);
}

void arm64_vgic_timer_rose(struct axvm_vcpu *vcpu, u32 intid)
{
	struct arm64_vgic *g = vcpu->vm->arch.vgic;

	raw_spin_lock(&g->lock);
	vgic_set_line(&g->model, vcpu->index, intid, true);
	raw_spin_unlock(&g->lock);
}

void arm64_vgic_spi(struct axvm_vm *vm, u32 intid, bool level)
{
	struct arm64_vgic *g = vm->arch.vgic;
	unsigned long flags;

	if (!g)
		return;
	raw_spin_lock_irqsave(&g->lock, flags);
	vgic_set_line(&g->model, 0, intid, level);
	raw_spin_unlock_irqrestore(&g->lock, flags);
}

/* Lock held. */
static int irq_one(struct arm64_vgic *g, const struct axvm_irq *irq,
		   unsigned int cpu)
{
	if (irq->level == AXVM_IRQ_EDGE)
		return vgic_pulse(&g->model, cpu, irq->irq);
	return vgic_set_line(&g->model, cpu, irq->irq,
			     irq->level == AXVM_IRQ_HIGH);
}

int arm64_vgic_irq(struct axvm_vm *vm, const struct axvm_irq *irq)
{
	struct arm64_vgic *g = vm->arch.vgic;
	unsigned long flags;
	unsigned int i;
	int err = 0;

	/* The timers' lines are the timers'. */
	if (irq->irq == ARM64_VTIMER_INTID || irq->irq == ARM64_PTIMER_INTID)
		return -EINVAL;
	raw_spin_lock_irqsave(&g->lock, flags);
	if (irq->irq >= VGIC_NR_PRIVATE)
		err = irq_one(g, irq, 0);
	else
		for (i = 0; !err && i < g->model.nr_cpus; i++)
			if (irq->vcpus & BIT_ULL(i))
				err = irq_one(g, irq, i);
	raw_spin_unlock_irqrestore(&g->lock, flags);
	return err;
}

void arm64_vgic_sgi(struct axvm_vcpu *vcpu, u64 value, bool group1)
{
	struct arm64_vgic *g = vcpu->vm->arch.vgic;
	unsigned long flags;

	raw_spin_lock_irqsave(&g->lock, flags);
	vgic_sgi(&g->model, vcpu->index, value, group1);
	raw_spin_unlock_irqrestore(&g->lock, flags);
}

/* Another vCPU may hold an SPI that was routed away: it is its own to end. */
void arm64_vgic_dir(struct axvm_vcpu *vcpu, u64 value)
{
	struct arm64_vgic *g = vcpu->vm->arch.vgic;
	unsigned long flags;

	raw_spin_lock_irqsave(&g->lock, flags);
	vgic_hw_fold(vcpu);
	vgic_deactivate(&g->model, vcpu->index, value & GENMASK(23, 0));
	raw_spin_unlock_irqrestore(&g->lock, flags);
}

bool arm64_vgic_wakes(struct axvm_vcpu *vcpu)
{
	struct arm64_vgic *g = vcpu->vm->arch.vgic;
	struct vgic_mask mask;
	unsigned long flags;
	bool pending;

	if (!g)
		return false;
	vgic_hw_mask(vcpu, &mask);
	raw_spin_lock_irqsave(&g->lock, flags);
	pending = vgic_pending(&g->model, vcpu->index, &mask);
	raw_spin_unlock_irqrestore(&g->lock, flags);
	return pending;
}

bool arm64_vgic_wakes_now(struct axvm_vcpu *vcpu)
{
	vgic_hw_fetch(vcpu);
	vgic_hw_put(vcpu);
	return arm64_vgic_wakes(vcpu);
}

/* ---- life ------------------------------------------------------------------ */

void arm64_vgic_reset(struct axvm_vm *vm)
{
	struct arm64_vgic *g = vm->arch.vgic;
	unsigned long flags;

	if (!g)
		return;
	raw_spin_lock_irqsave(&g->lock, flags);
	vgic_reset(&g->model);
	raw_spin_unlock_irqrestore(&g->lock, flags);
}

/* vCPUs may be made in any order; a frame without one answers to no affinity. */
static int cpus_add(struct arm64_vgic *g, unsigned int nr)
{
	unsigned long flags;
	struct vgic_cpu *c;

	while (g->model.nr_cpus < nr) {
		c = kzalloc(sizeof(*c), GFP_KERNEL_ACCOUNT);
		if (!c)
			return -ENOMEM;
		c->affinity = ~0ull;
		/* A device may raise its line at any time. */
		raw_spin_lock_irqsave(&g->lock, flags);
		g->cpu[g->model.nr_cpus++] = c;
		raw_spin_unlock_irqrestore(&g->lock, flags);
	}
	return 0;
}

int arm64_vgic_vcpu_init(struct axvm_vcpu *vcpu)
{
	struct arm64_vgic *g = vcpu->vm->arch.vgic;
	struct vgic_irq *irq;
	unsigned long flags;
	bool first;
	int err;

	vgic_hw_reset(vcpu);
	if (!g)
		return 0;
	first = !g->model.nr_cpus;
	err = cpus_add(g, vcpu->index + 1);
	if (err)
		return err;
	raw_spin_lock_irqsave(&g->lock, flags);
	g->cpu[vcpu->index]->affinity = vcpu->hw_id;
	irq = g->cpu[vcpu->index]->irq;
	irq[ARM64_VTIMER_INTID].hw = vtimer_host_intid(vcpu, ARM64_VTIMER);
	irq[ARM64_PTIMER_INTID].hw = vtimer_host_intid(vcpu, ARM64_PTIMER);
	vgic_reset_cpu(&g->model, vcpu->index);
	/* SPIs go to affinity 0 after a reset. */
	if (first || !vcpu->hw_id)
		vgic_reset_spis(&g->model);
	raw_spin_unlock_irqrestore(&g->lock, flags);
	return 0;
}

/*
 * GICC_DIR, all there is in the second page.  The virtual interface would
 * forget a deactivation of what is in no list register.
 */
static bool cpu_access(struct axvm_device *dev, struct axvm_vcpu *vcpu,
		       u64 addr, unsigned int bytes, bool write, u64 *data)
{
	if (addr < SZ_4K)
		return false; /* the guest's own: not reached by data */
	if (!write)
		*data = 0;
	else if (addr == GICC_DIR && bytes == 4)
		arm64_vgic_dir(vcpu, *data & GICC_DIR_INTID);
	return true;
}

/* The host's virtual CPU interface in the place of the guest's. */
static int cpu_frame_map(struct axvm_vm *vm)
{
	int err;

	mutex_lock(&vm->mem.lock);
	err = stage2_map(vm->arch.s2, ARM64_GICC_BASE, vgic_v2_cpu_frame(),
			 SZ_4K,
			 AXVM_MEM_READ | AXVM_MEM_WRITE | AXVM_MEM_DEVICE);
	mutex_unlock(&vm->mem.lock);
	return err;
}

static int frames_add(struct arm64_vgic *g)
{
	int err;

	g->dist = (struct axvm_device){
		.name = "gic distributor",
		.base = ARM64_GICD_BASE,
		.len = VGIC_DIST_BYTES,
		.access = dist_access,
	};
	g->redist = (struct axvm_device){
		.name = "gic redistributors",
		.base = ARM64_GICR_BASE,
		.len = (u64)AXVM_MAX_VCPUS * VGIC_REDIST_BYTES,
		.access = redist_access,
	};
	if (g->model.v2)
		g->redist = (struct axvm_device){
			.name = "gic cpu interface",
			.base = ARM64_GICC_BASE,
			.len = VGIC_V2_CPU_BYTES,
			.access = cpu_access,
		};
	err = axvm_device_add(g->vm, AXVM_BUS_MMIO, &g->dist);
	if (err)
		return err;
	g->added++;
	err = axvm_device_add(g->vm, AXVM_BUS_MMIO, &g->redist);
	if (err)
		return err;
	g->added++;
	return g->model.v2 ? cpu_frame_map(g->vm) : 0;
}

int arm64_vgic_init(struct axvm_vm *vm)
{
	struct arm64_vgic *g;
	int err;

	if (!vgic_hw_present())
		return -EOPNOTSUPP;
	g = kzalloc(sizeof(*g), GFP_KERNEL_ACCOUNT);
	if (!g)
		return -ENOMEM;
	g->vm = vm;
	raw_spin_lock_init(&g->lock);
	raw_spin_lock_init(&g->hold);
	g->model = (struct vgic){
		.ops = &vgic_ops,
		.cpu = g->cpu,
		.spi = g->spi,
		.nr_spis = ARM64_NR_SPIS,
		.v2 = vgic_hw_is_v2(),
	};
	vm->arch.vgic = g;
	err = frames_add(g);
	if (err)
		arm64_vgic_exit(vm);
	return err;
}

void arm64_vgic_exit(struct axvm_vm *vm)
{
	struct arm64_vgic *g = vm->arch.vgic;
	unsigned int i;

	if (!g)
		return;
	if (g->added > 1)
		axvm_device_remove(vm, AXVM_BUS_MMIO, &g->redist);
	if (g->added > 0)
		axvm_device_remove(vm, AXVM_BUS_MMIO, &g->dist);
	vm->arch.vgic = NULL;
	for (i = 0; i < g->model.nr_cpus; i++)
		kfree(g->cpu[i]);
	kfree(g);
}
