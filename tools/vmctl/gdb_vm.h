/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A VM of /dev/axvm as a debugging session sees it.
 */
#ifndef VMCTL_GDB_VM_H
#define VMCTL_GDB_VM_H

#include "dev.h"
#include "flight.h"
#include "gdb.h"

/**
 * struct gdb_vm - what struct gdb_ops work on
 * @vm: the VM
 * @vcpu: descriptors, or -1
 * @flight: recorders, by vCPU
 * @in, @out: the client
 * @signals: readable when this process shall end
 * @lost: it takes no more
 */
struct gdb_vm {
	const struct vm *vm;
	int vcpu[AXVM_MAX_VCPUS];
	uint64_t mask;
	struct flight flight[AXVM_MAX_VCPUS];
	struct flights flights;
	int in, out, signals;
	bool lost;
};

extern const struct gdb_ops gdb_vm_ops;

/** Open the vCPUs and their recorders; VMCTL_*. */
int gdb_vm_open(const struct vm *vm, uint32_t backend, struct gdb_vm *v);
void gdb_vm_close(struct gdb_vm *v);

/* gdb_monitor.c */
void gdb_monitor(void *ctx, struct gdb *g, unsigned int vcpu,
		 const char *command);

#endif /* VMCTL_GDB_VM_H */
