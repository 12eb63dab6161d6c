/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A debugging session: a client that speaks GDB's remote protocol on one side,
 * a VM behind struct gdb_ops on the other.  Pure: tests and the fuzzer give it
 * a VM of their own.
 *
 * Threads are vCPUs, thread n is vCPU n - 1.  All-stop: while the client may
 * ask, no vCPU is in the guest.
 */
#ifndef VMCTL_GDB_H
#define VMCTL_GDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gdb_arch.h"
#include "rsp.h"
#include "uapi/axvm.h"

#define GDB_SOFT_POINTS 256 /* breakpoints in memory, at most */

enum gdb_vm_state {
	GDB_RUNNING,
	GDB_HELD, /* suspended, not by us or not by a hit */
	GDB_HIT, /* suspended by what gdb_ops.event() tells */
	GDB_ENDED, /* stopped; memory and registers can be read */
	GDB_GONE, /* destroyed, or no longer to be talked to */
};

/**
 * struct gdb_state - what became of the VM
 * @state: GDB_*
 * @code: ENDED: exit status that `run` would give it
 * @look: ENDED: badly; it should be looked at
 * @vcpu: ENDED: the vCPU to look at
 * @text: ENDED, GONE, and HELD if there is something to say: a sentence
 */
struct gdb_state {
	enum gdb_vm_state state;
	int code;
	bool look;
	unsigned int vcpu;
	char text[160];
};

/** What a vCPU is to do when the VM goes on. */
enum gdb_act { GDB_HOLD, GDB_GO, GDB_STEP };

/**
 * struct gdb_ops - a VM.  Each returns 0 or -errno unless it says more.
 * @send: bytes to the client
 * @begin: the first client speaks: the VM shall hold still, if it runs
 * @state: what became of it; never blocks
 * @event: the record of the last hit of a vCPU since @resume (false: none)
 * @suspend: @resume: they take time, but end
 * @debug: AXVM_VCPU_DEBUG
 * @get: @set: one of AXVM_REGS_*
 * @get_id: @set_id: a register by its id
 * @read: @write: guest memory, by @gpa; bytes done, or -errno for none
 * @translate: where @gva is by the tables of @vcpu; @room: bytes from there
 *	on that go on alike
 * @stop: the guest ends, now
 * @reset: back to its first instruction, suspended
 * @describe: a vCPU in words, for "info threads"
 * @monitor: a command of its own; prints by gdb_console()
 */
struct gdb;
struct gdb_ops {
	void (*send)(void *ctx, const char *data, size_t len);
	int (*begin)(void *ctx);
	void (*state)(void *ctx, struct gdb_state *s);
	bool (*event)(void *ctx, unsigned int vcpu, struct axvm_exit *e);
	int (*suspend)(void *ctx);
	int (*resume)(void *ctx);
	int (*debug)(void *ctx, unsigned int vcpu, struct axvm_vcpu_debug *d);
	int (*get)(void *ctx, unsigned int vcpu, unsigned int block, void *buf,
		   size_t len);
	int (*set)(void *ctx, unsigned int vcpu, unsigned int block, void *buf,
		   size_t len);
	int (*get_id)(void *ctx, unsigned int vcpu, uint64_t id,
		      uint64_t *value);
	int (*set_id)(void *ctx, unsigned int vcpu, uint64_t id,
		      uint64_t value);
	long (*read)(void *ctx, uint64_t gpa, void *buf, size_t len);
	long (*write)(void *ctx, uint64_t gpa, const void *buf, size_t len);
	int (*translate)(void *ctx, unsigned int vcpu, uint64_t gva,
			 uint64_t *gpa, uint64_t *room);
	int (*stop)(void *ctx);
	int (*reset)(void *ctx);
	void (*describe)(void *ctx, unsigned int vcpu, char *buf, size_t size);
	void (*monitor)(void *ctx, struct gdb *g, unsigned int vcpu,
			const char *command);
};

/** struct gdb_soft - a breakpoint instruction that we put there */
struct gdb_soft {
	bool used;
	uint64_t gva, gpa;
	uint8_t saved[4]; /* what the guest has there */
};

/** struct gdb_hard - a breakpoint or watchpoint of the CPU; @type as in "Z" */
struct gdb_hard {
	uint8_t type;
	uint64_t addr, len;
};

/**
 * struct gdb_vcpu - a thread
 * @there: there is such a vCPU
 * @act: what it does when the VM goes on
 * @low, @high: GDB_STEP: on and on while the program counter is in there
 * @stepped: its step is done
 * @reflect: it stands at a breakpoint instruction of the guest's own
 * @pending: @hit has not been told yet
 * @flags: AXVM_VCPU_DEBUG was asked for these, with the points of @generation
 */
struct gdb_vcpu {
	bool there, stepped, reflect, pending;
	enum gdb_act act;
	uint64_t low, high;
	uint32_t flags;
	unsigned int generation;
	struct axvm_exit hit;
};

enum gdb_phase {
	GDB_NEW, /* nobody has said anything yet */
	GDB_STOPPED, /* the client's turn */
	GDB_GOING, /* the VM's turn */
	GDB_DETACHED, /* over: the client left, or killed it */
	GDB_OVER, /* over: the VM has ended */
};

/** struct gdb - a session */
struct gdb {
	const struct gdb_arch *arch;
	const struct gdb_ops *ops;
	void *ctx;
	enum gdb_phase phase;
	bool no_ack; /* QStartNoAckMode */
	bool swbreak, hwbreak; /* the client wants reasons */
	bool phys; /* addresses of memory are guest-physical */
	bool interrupted; /* by the client */
	bool exited; /* the VM has ended, and the client knows */
	bool halted_dead; /* the VM has ended badly, and may be looked at */
	struct gdb_state end;

	unsigned int thread; /* vCPU of "Hg" */
	unsigned int going; /* vCPU of "Hc" */
	unsigned int stop; /* vCPU of the last stop */
	unsigned int listed; /* qsThreadInfo goes on here */
	struct gdb_vcpu vcpus[AXVM_MAX_VCPUS];
	struct gdb_soft soft[GDB_SOFT_POINTS];
	unsigned int n_soft;
	struct gdb_hard hard[AXVM_DEBUG_POINTS];
	unsigned int n_hard;
	unsigned int generation; /* of @hard, counts its changes */

	struct gdb_blocks regs; /* of one vCPU, while it holds still */
	char *xml; /* of the target */
	char *threads; /* of qXfer:threads, as it was at offset 0 */

	struct rsp_in in;
	struct rsp_out out;
	char wire[RSP_WIRE]; /* the last packet, to be sent again */
	size_t wire_len;
};

/** gdb_open() - a session with the vCPUs of @mask; g is large: allocate it */
void gdb_open(struct gdb *g, const struct gdb_arch *arch,
	      const struct gdb_ops *ops, void *ctx, uint64_t mask);
/** Bytes from the client. */
void gdb_input(struct gdb *g, const uint8_t *data, size_t len);
/** The VM may have stopped: to be called when it is not running. */
void gdb_poll(struct gdb *g);
/**
 * gdb_close() - the end, in whatever phase: breakpoints are taken away, and the
 * VM goes on if it was held still for the client
 */
void gdb_close(struct gdb *g);

/** Text for the client's user, while the client waits for something. */
void gdb_console(struct gdb *g, const char *text, size_t len);

/* ---- parts of it --------------------------------------------------------- */

/* gdb.c */
void gdb_send(struct gdb *g);
void gdb_ok(struct gdb *g);
bool gdb_get_thread(struct gdb *g, const char **p, int *vcpu);
#define GDB_ALL_THREADS (-1)

/* gdb_query.c: q, Q and v packets that only tell something; false: unknown */
bool gdb_query(struct gdb *g, const char *p, size_t len);

/* gdb_regs.c */
void gdb_regs_forget(struct gdb *g);
/** Register @nr as hex digits ("xx": it cannot be read); false: no such. */
bool gdb_reg_put(struct gdb *g, unsigned int vcpu, unsigned int nr);
uint64_t gdb_pc(struct gdb *g, unsigned int vcpu);
/** A register by its name, its low 64 bits; false: there is none, or no value. */
bool gdb_reg_value(struct gdb *g, unsigned int vcpu, const char *name,
		   uint64_t *value);
void gdb_regs_packet(struct gdb *g, const char *p);

/* gdb_points.c */
/** Guest memory as the guest has it, without our breakpoints. */
long gdb_mem_read(struct gdb *g, uint64_t addr, void *buf, size_t len);
long gdb_mem_write(struct gdb *g, uint64_t addr, void *buf, size_t len);
void gdb_points_packet(struct gdb *g, const char *p);
/** Is an instruction of ours there? */
bool gdb_points_own(const struct gdb *g, uint64_t gva);
/** Is any breakpoint of ours there? */
bool gdb_points_at(const struct gdb *g, uint64_t gva);
void gdb_points_away(struct gdb *g);
/** The watchpoint that @gva belongs to, or NULL. */
const struct gdb_hard *gdb_points_watch(const struct gdb *g, uint64_t gva);
/** AXVM_VCPU_DEBUG's points, as they are to be now; 0 or -ENOSPC. */
int gdb_points_fill(const struct gdb *g, struct axvm_vcpu_debug *d);

/* gdb_mem.c: m, M, x, X, qSearch, qCRC */
void gdb_mem_packet(struct gdb *g, const char *p, size_t len);

/* gdb_resume.c */
void gdb_resume_packet(struct gdb *g, const char *p);
void gdb_stop_reply(struct gdb *g, unsigned int vcpu, int sig);
void gdb_stop_ended(struct gdb *g);
/** Have a vCPU watch for all points, and @flags; 0 or -errno. */
int gdb_arm(struct gdb *g, unsigned int vcpu, uint32_t flags);
/** Nothing of ours in memory and vCPUs any more. */
void gdb_disarm(struct gdb *g);

#endif /* VMCTL_GDB_H */
