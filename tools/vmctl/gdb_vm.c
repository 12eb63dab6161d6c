// SPDX-License-Identifier: GPL-2.0
/*
 * A VM of /dev/axvm behind a debugging session: each of struct gdb_ops is an
 * ioctl or two.  Hits are found in the flight recorders, which tell of every
 * vCPU what the VM's own state tells of one.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "gdb_vm.h"
#include "names.h"
#include "outcome.h"
#include "vmctl.h"

#define PAGE 4096u
#define SEND_MOST 4096u /* PIPE_BUF: what poll() promises a pipe takes */
#define SEND_WAIT_MS 30000 /* a client that takes nothing for so long is gone */

/* ---- the client ------------------------------------------------------------- */

/* Descriptors that block are waited for first, so that signals still count. */
static void vm_send(void *ctx, const char *data, size_t len)
{
	struct gdb_vm *v = ctx;

	while (len && !v->lost) {
		struct pollfd p[2] = { { v->out, POLLOUT, 0 },
				       { v->signals, POLLIN, 0 } };
		int ready = poll(p, 2, SEND_WAIT_MS);
		ssize_t n;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0 || !p[0].revents) {
			v->lost = true;
			return;
		}
		n = write(v->out, data, len < SEND_MOST ? len : SEND_MOST);
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		} else if (n < 0 && errno != EINTR && errno != EAGAIN) {
			v->lost = true;
		}
	}
}

/* ---- records ------------------------------------------------------------------ */

static bool last_record(struct flight *f, uint32_t reason, uint32_t flags,
			struct axvm_exit *e)
{
	static struct axvm_exit records[AXVM_FLIGHT_SLOTS];
	size_t n = f->head ? flight_read(f, records) : 0;

	while (n--) {
		if ((!reason || records[n].reason == reason) &&
		    (records[n].flags & flags) == flags) {
			*e = records[n];
			return true;
		}
	}
	return false;
}

static bool vm_event(void *ctx, unsigned int vcpu, struct axvm_exit *e)
{
	struct gdb_vm *v = ctx;

	return last_record(&v->flight[vcpu], AXVM_EXIT_DEBUG, 0, e);
}

/* Which vCPU ended it. */
static unsigned int ended_by(struct gdb_vm *v)
{
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct flight f = v->flight[i];
		struct axvm_exit e;

		f.next = 0;
		if (last_record(&f, 0, AXVM_EXIT_STOPS, &e))
			return i;
	}
	return (unsigned int)__builtin_ctzll(v->mask);
}

/* ---- the VM --------------------------------------------------------------------- */

static void state_ended(struct gdb_vm *v, const struct axvm_vm_info *info,
			struct gdb_state *s)
{
	s->state = GDB_ENDED;
	s->code = outcome_code(info->stop_reason);
	s->look = s->code == VMCTL_TRIPLE || s->code == VMCTL_ENTRY ||
		  s->code == VMCTL_INTERNAL || s->code == VMCTL_LIMIT;
	s->vcpu = ended_by(v);
	if (info->state == AXVM_VM_CREATED)
		snprintf(s->text, sizeof(s->text), "VM '%s' was reset",
			 v->vm->name);
	else
		snprintf(s->text, sizeof(s->text), "VM '%s' has stopped: %s%s",
			 v->vm->name, outcome_text(info->stop_reason),
			 s->look ?
				 "; registers and memory are as it left them" :
				 "");
}

static void vm_state(void *ctx, struct gdb_state *s)
{
	struct gdb_vm *v = ctx;
	struct axvm_vm_info info;
	int ret = vm_info(v->vm->fd, &info);

	*s = (struct gdb_state){ .state = GDB_RUNNING };
	if (ret) {
		s->state = GDB_GONE;
		snprintf(s->text, sizeof(s->text), "VM '%s' %s", v->vm->name,
			 ret == -ENODEV ? "has been destroyed" :
					  err_text(-ret));
	} else if (info.state == AXVM_VM_SUSPENDED) {
		s->state = info.stop_reason == AXVM_EXIT_DEBUG ? GDB_HIT :
								 GDB_HELD;
		snprintf(s->text, sizeof(s->text),
			 "VM '%s' was suspended by somebody else", v->vm->name);
	} else if (info.state != AXVM_VM_RUNNING) {
		state_ended(v, &info, s);
	}
}

static int vm_begin(void *ctx)
{
	struct gdb_vm *v = ctx;
	struct axvm_vm_info info;
	int ret = vm_info(v->vm->fd, &info);

	if (!ret && info.state == AXVM_VM_CREATED)
		return vm_op(v->vm->fd, AXVM_VM_START, AXVM_OP_PAUSED, 0);
	if (!ret && info.state == AXVM_VM_RUNNING)
		return vm_op(v->vm->fd, AXVM_VM_SUSPEND, 0, 0);
	return ret;
}

static int vm_suspend(void *ctx)
{
	struct gdb_vm *v = ctx;

	return vm_op(v->vm->fd, AXVM_VM_SUSPEND, 0, 0);
}

static int vm_resume(void *ctx)
{
	struct gdb_vm *v = ctx;

	/* What is recorded from now on is news. */
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS; i++) {
		struct flight *f = &v->flight[i];

		if (f->head)
			f->next = __atomic_load_n(&f->head->produced,
						  __ATOMIC_ACQUIRE);
	}
	return vm_op(v->vm->fd, AXVM_VM_RESUME, 0, 0);
}

static int vm_stop(void *ctx)
{
	struct gdb_vm *v = ctx;

	return vm_op(v->vm->fd, AXVM_VM_STOP, AXVM_OP_FORCE, 0);
}

static int vm_reset(void *ctx)
{
	struct gdb_vm *v = ctx;

	return build_reset(v->vm, true, true) ? -EIO : 0;
}

/* ---- vCPUs ------------------------------------------------------------------------ */

static int vm_debug(void *ctx, unsigned int vcpu, struct axvm_vcpu_debug *d)
{
	struct gdb_vm *v = ctx;

	return DEV_CALL(v->vcpu[vcpu], AXVM_VCPU_DEBUG, d);
}

static int vm_get(void *ctx, unsigned int vcpu, unsigned int block, void *buf,
		  size_t len)
{
	struct gdb_vm *v = ctx;

	return vcpu_get_regs(v->vcpu[vcpu], block, buf, (uint32_t)len);
}

static int vm_set(void *ctx, unsigned int vcpu, unsigned int block, void *buf,
		  size_t len)
{
	struct gdb_vm *v = ctx;

	return vcpu_set_regs(v->vcpu[vcpu], block, buf, (uint32_t)len);
}

static int by_id(struct gdb_vm *v, unsigned int vcpu, unsigned long nr,
		 struct axvm_reg *reg)
{
	struct axvm_reg_list list = { .regs = (uintptr_t)reg, .count = 1 };

	return DEV_CALL(v->vcpu[vcpu], nr, &list);
}

static int vm_get_id(void *ctx, unsigned int vcpu, uint64_t id, uint64_t *value)
{
	struct axvm_reg reg = { .id = id };
	int ret = by_id(ctx, vcpu, AXVM_VCPU_GET_REG, &reg);

	*value = reg.value;
	return ret;
}

static int vm_set_id(void *ctx, unsigned int vcpu, uint64_t id, uint64_t value)
{
	struct axvm_reg reg = { .id = id, .value = value };

	return by_id(ctx, vcpu, AXVM_VCPU_SET_REG, &reg);
}

/* At which privilege it runs, in the architecture's words. */
static void describe_level(struct gdb_vm *v, int vcpu, char *buf, size_t size)
{
	struct axvm_arm64_regs arm64;
	struct axvm_x86_sregs x86;

	if (BACKEND_IS_X86(v->flights.backend)) {
		if (!vcpu_get_regs(vcpu, AXVM_REGS_SYSTEM, &x86, sizeof(x86)))
			snprintf(buf, size, "CPL %u, ",
				 x86.seg[AXVM_X86_SS].access >> 5 & 3);
	} else if (!vcpu_get_regs(vcpu, AXVM_REGS_GENERAL, &arm64,
				  sizeof(arm64))) {
		snprintf(buf, size, "EL%u, ",
			 (unsigned int)(arm64.pstate >> 2 & 3));
	}
}

static void vm_describe(void *ctx, unsigned int vcpu, char *buf, size_t size)
{
	struct gdb_vm *v = ctx;
	struct axvm_vcpu_info info = { 0 };
	char level[16] = "";

	if (vcpu_info(v->vcpu[vcpu], &info))
		return;
	describe_level(v, v->vcpu[vcpu], level, sizeof(level));
	snprintf(buf, size, "%slast exit: %s", level,
		 name_exit(info.last_exit));
}

/* ---- memory ------------------------------------------------------------------------- */

static long vm_read(void *ctx, uint64_t gpa, void *buf, size_t len)
{
	struct gdb_vm *v = ctx;
	uint64_t done = 0;
	int ret = vm_mem_rw(v->vm->fd, AXVM_RW_PEEK, 0, gpa, buf, len, &done);

	return done ? (long)done : ret;
}

static long vm_write(void *ctx, uint64_t gpa, const void *buf, size_t len)
{
	struct gdb_vm *v = ctx;
	uint64_t done = 0;
	int ret = vm_mem_write(v->vm->fd, gpa, buf, len, &done);

	return done ? (long)done : ret;
}

static int vm_translate(void *ctx, unsigned int vcpu, uint64_t gva,
			uint64_t *gpa, uint64_t *room)
{
	struct axvm_translate x = { .gva = gva };
	struct gdb_vm *v = ctx;
	int ret = DEV_CALL(v->vcpu[vcpu], AXVM_VCPU_TRANSLATE, &x);
	uint64_t page = x.page_size;

	if (ret)
		return ret;
	if (page < PAGE || page & (page - 1))
		page = PAGE;
	*gpa = x.gpa;
	*room = page - (gva & (page - 1));
	return 0;
}

const struct gdb_ops gdb_vm_ops = {
	.send = vm_send,
	.begin = vm_begin,
	.state = vm_state,
	.event = vm_event,
	.suspend = vm_suspend,
	.resume = vm_resume,
	.debug = vm_debug,
	.get = vm_get,
	.set = vm_set,
	.get_id = vm_get_id,
	.set_id = vm_set_id,
	.read = vm_read,
	.write = vm_write,
	.translate = vm_translate,
	.stop = vm_stop,
	.reset = vm_reset,
	.describe = vm_describe,
	.monitor = gdb_monitor,
};

/* ---- opening it ----------------------------------------------------------------------- */

static int check_vcpu(const struct vm *vm, int vcpu)
{
	struct axvm_vcpu_info info = { 0 };
	int ret = vcpu_info(vcpu, &info);

	if (ret)
		return vmctl_failed(vm, "look at a vCPU of", ret);
	if (!info.sync)
		return 0;
	return err(
		VMCTL_STATE,
		"VM '%s' has vCPUs that another program runs (AXVM_VCPU_RUN): only that can debug it",
		vm->name);
}

int gdb_vm_open(const struct vm *vm, uint32_t backend, struct gdb_vm *v)
{
	size_t n = 0;
	int ret;

	memset(v, 0, sizeof(*v));
	v->vm = vm;
	v->in = v->out = v->signals = -1;
	memset(v->vcpu, -1, sizeof(v->vcpu));
	ret = flights_open(vm, -1, backend, &v->flights);
	for (unsigned int i = 0; !ret && n < v->flights.n && i < AXVM_MAX_VCPUS;
	     i++) {
		int fd = vcpu_open(vm->fd, i);

		if (fd == -ENOENT)
			continue;
		if (fd < 0)
			return vmctl_failed(vm, "open a vCPU of", fd);
		v->vcpu[i] = fd;
		v->flight[i] = v->flights.v[n++];
		v->mask |= 1ull << i;
		ret = check_vcpu(vm, fd);
	}
	if (!ret && !v->mask)
		ret = err(VMCTL_STATE, "VM '%s' has no vCPU", vm->name);
	return ret;
}

void gdb_vm_close(struct gdb_vm *v)
{
	flights_close(&v->flights);
	for (unsigned int i = 0; i < AXVM_MAX_VCPUS; i++) {
		if (v->vcpu[i] >= 0)
			close(v->vcpu[i]);
	}
}
