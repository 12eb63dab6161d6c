/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How an ioctl is served: tables of rows by number, the size and flag rules of
 * the uapi, and descriptors that are seen only after all else has worked.
 */
#ifndef AXVM_IOCTL_H
#define AXVM_IOCTL_H

#include <linux/bits.h>
#include <linux/fs.h>
#include "uapi/axvm.h"

struct axvm_vm;
struct axvm_vcpu;

/* Room for any ioctl's structure. */
union axvm_arg {
	struct {
		__u32 size;
		__u32 flags;
	};
	struct axvm_info info;
	struct axvm_vm_create vm_create;
	struct axvm_vm_ref vm_ref;
	struct axvm_vm_info vm_info;
	struct axvm_list list;
	struct axvm_vm_set vm_set;
	struct axvm_vm_op vm_op;
	struct axvm_vm_wait vm_wait;
	struct axvm_blob blob;
	struct axvm_mem mem;
	struct axvm_mem_rw mem_rw;
	struct axvm_io io;
	struct axvm_irq irq;
	struct axvm_vcpu_create vcpu_create;
	struct axvm_vcpu_info vcpu_info;
	struct axvm_vcpu_affinity affinity;
	struct axvm_regs regs;
	struct axvm_reg_list reg_list;
	struct axvm_vcpu_claim claim;
	struct axvm_vcpu_complete complete;
	struct axvm_vcpu_run run;
	struct axvm_translate translate;
	struct axvm_vcpu_debug debug;
	struct axvm_stats stats;
	struct axvm_profile profile;
	struct axvm_cpuid cpuid;
	struct axvm_control control;
	struct axvm_console console;
};

/**
 * struct axvm_call - one ioctl being served
 * @file: the descriptor it came through
 * @vm: its VM (VM and vCPU descriptors)
 * @vcpu: its vCPU (vCPU descriptors)
 * @arg: the structure, in the kernel; axvm_serve() fills what its row has
 * @new_file: a descriptor to install as @new_fd once @arg is copied back
 * @new_fd: reserved, or -1
 *
 * The caller sets the first three: an initializer would zero @arg each time.
 */
struct axvm_call {
	struct file *file;
	struct axvm_vm *vm;
	struct axvm_vcpu *vcpu;
	union axvm_arg arg;
	struct file *new_file;
	int new_fd;
};

#define IOCTL_OUT BIT(0) /* the structure is copied back */
#define IOCTL_OUT_ERR BIT(1) /* ... also when the call failed */

/**
 * struct axvm_ioctl - one row of a descriptor's table
 * @name: for readers
 * @size: bytes of the structure in ABI version 1 and now
 * @allowed: flags that mean something
 * @how: IOCTL_*
 * @fn: does it
 */
struct axvm_ioctl {
	const char *name;
	u32 size;
	u32 allowed;
	u32 how;
	int (*fn)(struct axvm_call *call);
};

struct axvm_ioctl_table {
	unsigned int first;
	unsigned int n;
	const struct axvm_ioctl *rows;
};

#define AXVM_ROW(number, base, type, allow, hows, func)             \
	[_IOC_NR(number) - (base)] = { .name = #number,             \
				       .size = sizeof(struct type), \
				       .allowed = (allow),          \
				       .how = (hows),               \
				       .fn = (func) }

/** Serve @cmd by @table; what an ioctl of a descriptor returns. */
long axvm_serve(struct axvm_call *call, const struct axvm_ioctl_table *table,
		unsigned int cmd, unsigned long argp);

/** Reserve a descriptor number for @file (or hand its error on). */
int axvm_call_new_fd(struct axvm_call *call, struct file *file);

/** A descriptor of @vm; takes over one view.  ERR_PTR. */
struct file *axvm_vm_file(struct axvm_vm *vm);

/** A descriptor of @vcpu, with a view of its own.  ERR_PTR. */
struct file *axvm_vcpu_file(struct axvm_vcpu *vcpu);

#endif /* AXVM_IOCTL_H */
