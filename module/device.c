// SPDX-License-Identifier: GPL-2.0
/*
 * The buses of a VM: in-kernel devices, and the user's policy for what no
 * device answers.  Owns the tables and their replacement; the search in them
 * is lib/bus.c.
 *
 * Tables are built under buses->lock, published with rcu_assign_pointer() and
 * read by vCPUs under RCU.  Only vCPUs read them without the lock, so once a
 * VM has none, nothing has to wait for readers.
 */
#include <linux/eventfd.h>
#include <linux/nospec.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "module/arch.h"
#include "module/compat.h"
#include "module/vm.h"

/* A table with what is needed to free it after readers are gone. */
struct bus_table {
	struct rcu_head rcu;
	struct axvm_bus bus; /* last: ends in its ranges */
};

/**
 * struct axvm_policy - what a user's range does (constant once published)
 * @rcu: to free it after readers are gone
 * @kind: AXVM_IO_*
 * @match: EVENTFD: only a write of @datamatch signals
 * @datamatch: see @match
 * @eventfd: EVENTFD: a reference; else NULL
 */
struct axvm_policy {
	struct rcu_head rcu;
	u32 kind;
	bool match;
	u64 datamatch;
	struct eventfd_ctx *eventfd;
};

#define table_deref(buses, p) \
	rcu_dereference_protected(p, lockdep_is_held(&(buses)->lock))

static struct axvm_bus *table_alloc(unsigned int n)
{
	struct bus_table *t;

	t = kvzalloc(offsetof(struct bus_table, bus) + axvm_bus_bytes(n),
		     GFP_KERNEL_ACCOUNT);
	return t ? &t->bus : NULL;
}

static void table_free_now(struct axvm_bus *bus)
{
	if (bus)
		kvfree(container_of(bus, struct bus_table, bus));
}

static void table_free_later(struct axvm_bus *bus)
{
	struct bus_table *t;

	if (!bus)
		return;
	t = container_of(bus, struct bus_table, bus);
	kvfree_rcu(t, rcu);
}

/* buses->lock held. */
static void table_publish(struct axvm_buses *buses,
			  struct axvm_bus __rcu **slot, struct axvm_bus *table)
{
	rcu_assign_pointer(*slot, table);
	/* release: who sees the number sees the table; see device_find() */
	smp_store_release(&buses->version, buses->version + 1);
}

/* Replace the table at @slot by one with a range more.  buses->lock held. */
static int table_insert(struct axvm_buses *buses, struct axvm_bus __rcu **slot,
			u64 start, u64 last, void *value)
{
	struct axvm_bus *old = table_deref(buses, *slot), *new;
	int err;

	new = table_alloc((old ? old->n : 0) + 1);
	if (!new)
		return -ENOMEM;
	err = axvm_bus_with(new, old, start, last, value);
	if (err) {
		table_free_now(new);
		return err;
	}
	table_publish(buses, slot, new);
	table_free_later(old);
	return 0;
}

/* The reverse; @value: out: what the range stood for.  buses->lock held. */
static int table_remove(struct axvm_buses *buses, struct axvm_bus __rcu **slot,
			u64 start, u64 last, void **value)
{
	struct axvm_bus *old = table_deref(buses, *slot), *new;
	const struct axvm_bus_range *range;
	int err;

	range = axvm_bus_find(old, start, 1);
	if (!range)
		return -ENOENT;
	new = table_alloc(old->n);
	if (!new)
		return -ENOMEM;
	err = axvm_bus_without(new, old, start, last);
	if (err) {
		table_free_now(new);
		return err;
	}
	*value = range->value;
	table_publish(buses, slot, new);
	table_free_later(old);
	return 0;
}

/* ---- devices -------------------------------------------------------- */

int axvm_device_add(struct axvm_vm *vm, unsigned int bus,
		    struct axvm_device *dev)
{
	struct axvm_buses *buses = &vm->buses;
	u64 last = dev->base + dev->len - 1;
	int err = -EEXIST;

	if (!dev->len || last < dev->base)
		return -EINVAL;
	mutex_lock(&buses->lock);
	if (!axvm_bus_overlaps(table_deref(buses, buses->policy[bus]),
			       dev->base, last))
		err = table_insert(buses, &buses->bus[bus], dev->base, last,
				   dev);
	mutex_unlock(&buses->lock);
	return err;
}

/*
 * If there is no memory for a smaller table, the device's range stays in the
 * old one without a device, which reads as if nothing were there.
 */
static void device_unlink(struct axvm_buses *buses, unsigned int bus,
			  struct axvm_device *dev)
{
	u64 last = dev->base + dev->len - 1;
	struct axvm_bus *table;
	void *value;
	unsigned int i;

	if (table_remove(buses, &buses->bus[bus], dev->base, last, &value) !=
	    -ENOMEM)
		return;
	table = table_deref(buses, buses->bus[bus]);
	for (i = 0; i < table->n; i++)
		if (table->range[i].value == dev)
			WRITE_ONCE(table->range[i].value, NULL);
}

void axvm_device_remove(struct axvm_vm *vm, unsigned int bus,
			struct axvm_device *dev)
{
	struct axvm_buses *buses = &vm->buses;

	mutex_lock(&buses->lock);
	device_unlink(buses, bus, dev);
	mutex_unlock(&buses->lock);
	/* A destroyed VM has no vCPU left when its devices go. */
	if (vm->nr_vcpus && !READ_ONCE(vm->dead))
		synchronize_rcu_expedited();
}

/*
 * No device has what the user's ranges have: an address that was one of these
 * the last time needs no search among the devices, and what becomes of it may
 * be known at once.
 */
static __always_inline const struct axvm_bus_range *
device_find(struct axvm_vcpu *vcpu, unsigned int bus, u64 addr,
	    unsigned int bytes)
{
	const struct axvm_buses *buses = &vcpu->vm->buses;
	const struct axvm_bus_range *range;
	const struct axvm_policy *policy;
	const struct axvm_bus *devices;

	devices = rcu_dereference_sched(buses->bus[bus]);
	range = axvm_bus_at_hint(devices, addr, bytes, vcpu->bus_hint[bus]);
	if (range)
		return range;
	vcpu->to_user = false;
	/* acquire: the user's ranges are of this version or newer */
	vcpu->to_user_version = smp_load_acquire(&buses->version);
	range = axvm_bus_at_hint(rcu_dereference_sched(buses->policy[bus]),
				 addr, bytes, vcpu->policy_hint[bus]);
	if (range) {
		policy = range->value;
		vcpu->to_user = policy->kind == AXVM_IO_USER;
		return NULL;
	}
	return axvm_bus_find_near(devices, addr, bytes, &vcpu->bus_hint[bus]);
}

bool axvm_device_at(struct axvm_vcpu *vcpu, unsigned int bus, u64 addr)
{
	bool there;

	rcu_read_lock_sched();
	there = device_find(vcpu, bus, addr, 1);
	rcu_read_unlock_sched();
	return there;
}

bool axvm_device_access(struct axvm_vcpu *vcpu, unsigned int bus, u64 addr,
			unsigned int bytes, bool write, u64 *data)
{
	const struct axvm_bus_range *range;
	struct axvm_device *dev = NULL;
	bool done = false;

	/* Atomic in any case, which is as good for RCU and cheaper. */
	rcu_read_lock_sched();
	range = device_find(vcpu, bus, addr, bytes);
	if (range)
		dev = READ_ONCE(range->value);
	if (dev)
		done = dev->access(dev, vcpu, addr - dev->base, bytes, write,
				   data);
	rcu_read_unlock_sched();
	if (unlikely(!done)) {
		/* A device that is there and does not answer. */
		if (range)
			vcpu->to_user = false;
		return false;
	}
	if (bus == AXVM_BUS_PIO)
		axvm_stat(vcpu, pio_kernel, 1);
	else
		axvm_stat(vcpu, mmio_kernel, 1);
	return true;
}

bool axvm_device_overlaps(struct axvm_vm *vm, unsigned int bus, u64 base,
			  u64 len)
{
	u64 last = base + len - 1;
	bool hit;

	if (!len || last < base)
		return false;
	mutex_lock(&vm->buses.lock);
	hit = axvm_bus_overlaps(table_deref(&vm->buses, vm->buses.bus[bus]),
				base, last);
	mutex_unlock(&vm->buses.lock);
	return hit;
}

/* ---- policies ------------------------------------------------------- */

static void policy_free_now(struct axvm_policy *policy)
{
	if (policy->eventfd)
		eventfd_ctx_put(policy->eventfd);
	kfree(policy);
}

static struct axvm_policy *policy_alloc(const struct axvm_io *arg)
{
	struct axvm_policy *policy;

	policy = kzalloc(sizeof(*policy), GFP_KERNEL_ACCOUNT);
	if (!policy)
		return ERR_PTR(-ENOMEM);
	policy->kind = arg->policy;
	policy->match = arg->flags & AXVM_IO_DATAMATCH;
	policy->datamatch = arg->datamatch;
	if (arg->policy == AXVM_IO_EVENTFD) {
		struct eventfd_ctx *eventfd = eventfd_ctx_fdget(arg->fd);

		if (IS_ERR(eventfd)) {
			kfree(policy);
			return ERR_PTR(-EBADF);
		}
		policy->eventfd = eventfd;
	}
	return policy;
}

static int policy_add(struct axvm_vm *vm, const struct axvm_io *arg,
		      unsigned int space, u64 last)
{
	struct axvm_buses *buses = &vm->buses;
	struct axvm_policy *policy = policy_alloc(arg);
	int err;

	if (IS_ERR(policy))
		return PTR_ERR(policy);
	mutex_lock(&buses->lock);
	err = -ENODEV;
	if (READ_ONCE(vm->dead))
		goto out;
	err = -EEXIST;
	if (space < AXVM_NR_BUSES &&
	    axvm_bus_overlaps(table_deref(buses, buses->bus[space]), arg->base,
			      last))
		goto out;
	if (axvm_bus_overlaps(table_deref(buses, buses->policy[space]),
			      arg->base, last))
		goto out;
	err = -ENOSPC;
	if (buses->nr_policies >= AXVM_IO_MAX)
		goto out;
	err = table_insert(buses, &buses->policy[space], arg->base, last,
			   policy);
	if (!err)
		buses->nr_policies++;
out:
	mutex_unlock(&buses->lock);
	if (err)
		policy_free_now(policy);
	return err;
}

static int policy_remove(struct axvm_vm *vm, const struct axvm_io *arg,
			 unsigned int space, u64 last)
{
	struct axvm_buses *buses = &vm->buses;
	struct axvm_policy *policy;
	void *value = NULL;
	int err;

	mutex_lock(&buses->lock);
	err = table_remove(buses, &buses->policy[space], arg->base, last,
			   &value);
	if (!err)
		buses->nr_policies--;
	mutex_unlock(&buses->lock);
	if (err)
		return err;
	policy = value;
	if (!policy->eventfd) {
		kfree_rcu(policy, rcu);
		return 0;
	}
	synchronize_rcu_expedited();
	policy_free_now(policy);
	return 0;
}

static int policy_set_default(struct axvm_vm *vm, const struct axvm_io *arg,
			      unsigned int space)
{
	mutex_lock(&vm->buses.lock);
	WRITE_ONCE(vm->buses.fallback[space], arg->policy);
	mutex_unlock(&vm->buses.lock);
	return 0;
}

/* Flags and fields against each other, before any look at the VM. */
static int policy_check(const struct axvm_io *arg)
{
	const u32 known = AXVM_IO_DEFAULT | AXVM_IO_REMOVE | AXVM_IO_DATAMATCH;
	bool eventfd = arg->policy == AXVM_IO_EVENTFD;
	bool remove = arg->flags & AXVM_IO_REMOVE;
	bool fallback = arg->flags & AXVM_IO_DEFAULT;

	if ((arg->flags & ~known) || arg->pad)
		return -EINVAL;
	if (arg->space >= AXVM_NR_SPACES || arg->policy > AXVM_IO_EVENTFD)
		return -EINVAL;
	if (remove && (fallback || arg->policy))
		return -EINVAL;
	if (eventfd && (fallback || arg->space >= AXVM_NR_BUSES))
		return -EINVAL;
	if (!eventfd && (arg->fd || (arg->flags & AXVM_IO_DATAMATCH)))
		return -EINVAL;
	if (!(arg->flags & AXVM_IO_DATAMATCH) && arg->datamatch)
		return -EINVAL;
	if (fallback && (arg->base || arg->len))
		return -EINVAL;
	return 0;
}

/* The range of @arg in its space; 0 and @last, or an error. */
static int policy_range(const struct axvm_io *arg, u64 *last)
{
	struct axvm_info info = {};
	u64 limit = ~0ull;

	axvm_arch_info(&info);
	if (arg->space == AXVM_SPACE_PIO) {
		if (!(info.caps & AXVM_CAP_PIO))
			return -EOPNOTSUPP;
		limit = 0xffff;
	} else if (arg->space == AXVM_SPACE_MMIO && info.gpa_bits &&
		   info.gpa_bits < 64) {
		limit = (1ull << info.gpa_bits) - 1;
	}
	*last = arg->base + arg->len - 1;
	if (arg->flags & AXVM_IO_DEFAULT)
		return 0;
	if (!arg->len || *last < arg->base || *last > limit)
		return -EINVAL;
	return 0;
}

/**
 * axvm_policy_set() - AXVM_VM_IO
 * @vm: the VM
 * @arg: checked for size only
 *
 * Return: 0 or what the uapi says.
 */
int axvm_policy_set(struct axvm_vm *vm, const struct axvm_io *arg)
{
	unsigned int space;
	u64 last;
	int err;

	err = policy_check(arg);
	if (err)
		return err;
	space = array_index_nospec(arg->space, AXVM_NR_SPACES);
	/* All of them at once, as it was before numbers could have ranges. */
	if (space == AXVM_SPACE_HYPERCALL && !arg->len)
		return arg->flags & AXVM_IO_REMOVE ?
			       -EINVAL :
			       policy_set_default(vm, arg, space);
	err = policy_range(arg, &last);
	if (err)
		return err;
	if (arg->flags & AXVM_IO_DEFAULT)
		return policy_set_default(vm, arg, space);
	if (arg->flags & AXVM_IO_REMOVE)
		return policy_remove(vm, arg, space, last);
	return policy_add(vm, arg, space, last);
}

u32 axvm_policy_find(struct axvm_vcpu *vcpu, unsigned int space, u64 addr,
		     unsigned int bytes, bool write, u64 data)
{
	struct axvm_buses *buses = &vcpu->vm->buses;
	const struct axvm_bus_range *range;
	const struct axvm_policy *policy;
	u32 kind = READ_ONCE(buses->fallback[space]);

	rcu_read_lock();
	range = axvm_bus_find_near(rcu_dereference(buses->policy[space]), addr,
				   bytes, &vcpu->policy_hint[space]);
	policy = range ? range->value : NULL;
	if (policy && policy->kind != AXVM_IO_EVENTFD) {
		kind = policy->kind;
	} else if (policy && write &&
		   (!policy->match || policy->datamatch == data)) {
		axvm_eventfd_signal(policy->eventfd);
		kind = AXVM_IO_EVENTFD;
	}
	rcu_read_unlock();
	return kind;
}

/* ---- lifetime ------------------------------------------------------- */

int axvm_buses_init(struct axvm_vm *vm)
{
	mutex_init(&vm->buses.lock);
	return 0; /* no tables: nothing anywhere, every space UNCLAIMED */
}

void axvm_buses_exit(struct axvm_vm *vm)
{
	struct axvm_buses *buses = &vm->buses;
	struct axvm_bus *table;
	unsigned int i, j;

	mutex_lock(&buses->lock);
	for (i = 0; i < AXVM_NR_SPACES; i++) {
		table = table_deref(buses, buses->policy[i]);
		RCU_INIT_POINTER(buses->policy[i], NULL);
		for (j = 0; table && j < table->n; j++)
			policy_free_now(table->range[j].value);
		table_free_now(table);
	}
	for (i = 0; i < AXVM_NR_BUSES; i++) {
		table = table_deref(buses, buses->bus[i]);
		RCU_INIT_POINTER(buses->bus[i], NULL);
		table_free_now(table);
	}
	buses->nr_policies = 0;
	mutex_unlock(&buses->lock);
}
