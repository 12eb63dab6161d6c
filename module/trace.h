/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of the group "axvm": lifetime, state changes, entries, exits,
 * published records, injected events.  A caller for whom an argument costs
 * something (a VMCS read) asks trace_axvm_..._enabled() first.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM axvm

#if !defined(AXVM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define AXVM_TRACE_H

#include <linux/tracepoint.h>
#include "module/vm.h"

#define AXVM_TRACE_REASONS                                                     \
	{ AXVM_EXIT_NONE, "none" }, { AXVM_EXIT_HYPERCALL, "hypercall" },      \
	{ AXVM_EXIT_MMIO_READ, "mmio-read" },                                  \
	{ AXVM_EXIT_MMIO_WRITE, "mmio-write" },                                \
	{ AXVM_EXIT_SYSREG_READ, "sysreg-read" },                              \
	{ AXVM_EXIT_SYSREG_WRITE, "sysreg-write" },                            \
	{ AXVM_EXIT_IO_READ, "io-read" }, { AXVM_EXIT_IO_WRITE, "io-write" },  \
	{ AXVM_EXIT_EXTERNAL_INTERRUPT, "external-interrupt" },                \
	{ AXVM_EXIT_NESTED_PAGE_FAULT, "nested-page-fault" },                  \
	{ AXVM_EXIT_HALT, "halt" }, { AXVM_EXIT_CPU_UP, "cpu-up" },            \
	{ AXVM_EXIT_CPU_DOWN, "cpu-down" },                                    \
	{ AXVM_EXIT_SYSTEM_DOWN, "system-down" },                              \
	{ AXVM_EXIT_NOTHING, "nothing" },                                      \
	{ AXVM_EXIT_FAIL_ENTRY, "fail-entry" },                                \
	{ AXVM_EXIT_SEND_IPI, "send-ipi" }, { AXVM_EXIT_IDLE, "idle" },        \
	{ AXVM_EXIT_PREEMPTION_TIMER, "preemption-timer" },                    \
	{ AXVM_EXIT_INTERRUPT_END, "interrupt-end" },                          \
	{ AXVM_EXIT_TRIPLE_FAULT, "triple-fault" },                            \
	{ AXVM_EXIT_INTERNAL_ERROR, "internal-error" },                        \
	{ AXVM_EXIT_PAUSED, "paused" }, { AXVM_EXIT_DEBUG, "debug" },          \
	{ AXVM_EXIT_RESET, "reset" }, { AXVM_EXIT_MEMORY, "memory" },          \
	{ AXVM_EXIT_EXCEPTION, "exception" },                                  \
	{ AXVM_EXIT_UNKNOWN, "unknown" }, { AXVM_EXIT_STOPPED, "stopped" },    \
	{ AXVM_EXIT_HALTED, "halted" }, { AXVM_EXIT_HOST, "host" },            \
	{ AXVM_EXIT_CR, "cr" }, { AXVM_EXIT_CPUID, "cpuid" }

#define AXVM_TRACE_VM_STATES                                                   \
	{ AXVM_VM_CREATED, "created" }, { AXVM_VM_RUNNING, "running" },        \
	{ AXVM_VM_SUSPENDED, "suspended" }, { AXVM_VM_STOPPED, "stopped" }

#define AXVM_TRACE_VCPU_STATES                                                 \
	{ AXVM_VCPU_CREATED, "created" }, { AXVM_VCPU_FREE, "free" },          \
	{ AXVM_VCPU_READY, "ready" }, { AXVM_VCPU_RUNNING, "running" },        \
	{ AXVM_VCPU_BLOCKED, "blocked" }

#define AXVM_TRACE_WAITS                                                       \
	{ AXVM_WAIT_NONE, "-" }, { AXVM_WAIT_HALT, "halt" },                   \
	{ AXVM_WAIT_PARKED, "parked" }, { AXVM_WAIT_OFF, "off" },              \
	{ AXVM_WAIT_SUSPENDED, "suspended" }, { AXVM_WAIT_ENDED, "ended" }

DECLARE_EVENT_CLASS(axvm_vm,
	TP_PROTO(const struct axvm_vm *vm),
	TP_ARGS(vm),
	TP_STRUCT__entry(
		__field(u64, id)
		__array(char, name, AXVM_NAME_SIZE)
	),
	TP_fast_assign(
		__entry->id = vm->id;
		memcpy(__entry->name, vm->name, AXVM_NAME_SIZE);
	),
	TP_printk("vm=%llu name=%s", __entry->id, __entry->name)
);

DEFINE_EVENT(axvm_vm, axvm_vm_create,
	TP_PROTO(const struct axvm_vm *vm),
	TP_ARGS(vm)
);

DEFINE_EVENT(axvm_vm, axvm_vm_destroy,
	TP_PROTO(const struct axvm_vm *vm),
	TP_ARGS(vm)
);

/* A VM goes from one state to another. */
TRACE_EVENT(axvm_vm_state,
	TP_PROTO(const struct axvm_vm *vm, u32 from, u32 to),
	TP_ARGS(vm, from, to),
	TP_STRUCT__entry(
		__field(u64, vm)
		__field(u32, from)
		__field(u32, to)
	),
	TP_fast_assign(
		__entry->vm = vm->id;
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("vm=%llu from=%s to=%s", __entry->vm,
		  __print_symbolic(__entry->from, AXVM_TRACE_VM_STATES),
		  __print_symbolic(__entry->to, AXVM_TRACE_VM_STATES))
);

/* A vCPU enters @state; @wait is AXVM_WAIT_*. */
TRACE_EVENT(axvm_vcpu_state,
	TP_PROTO(const struct axvm_vcpu *vcpu, u32 state, u32 wait),
	TP_ARGS(vcpu, state, wait),
	TP_STRUCT__entry(
		__field(u64, vm)
		__field(u32, vcpu)
		__field(u32, state)
		__field(u32, wait)
	),
	TP_fast_assign(
		__entry->vm = vcpu->vm->id;
		__entry->vcpu = vcpu->index;
		__entry->state = state;
		__entry->wait = wait;
	),
	TP_printk("vm=%llu vcpu=%u state=%s wait=%s", __entry->vm,
		  __entry->vcpu,
		  __print_symbolic(__entry->state, AXVM_TRACE_VCPU_STATES),
		  __print_symbolic(__entry->wait, AXVM_TRACE_WAITS))
);

/* The processor is about to enter the guest at @pc. */
TRACE_EVENT(axvm_entry,
	TP_PROTO(const struct axvm_vcpu *vcpu, u64 pc),
	TP_ARGS(vcpu, pc),
	TP_STRUCT__entry(
		__field(u64, vm)
		__field(u64, pc)
		__field(u32, vcpu)
	),
	TP_fast_assign(
		__entry->vm = vcpu->vm->id;
		__entry->pc = pc;
		__entry->vcpu = vcpu->index;
	),
	TP_printk("vm=%llu vcpu=%u pc=0x%llx", __entry->vm, __entry->vcpu,
		  __entry->pc)
);

/* The processor left the guest; @hw_reason and @qual as in axvm_exit. */
TRACE_EVENT(axvm_exit,
	TP_PROTO(const struct axvm_vcpu *vcpu, u32 hw_reason, u64 pc, u64 qual),
	TP_ARGS(vcpu, hw_reason, pc, qual),
	TP_STRUCT__entry(
		__field(u64, vm)
		__field(u64, pc)
		__field(u64, qual)
		__field(u32, vcpu)
		__field(u32, hw_reason)
	),
	TP_fast_assign(
		__entry->vm = vcpu->vm->id;
		__entry->pc = pc;
		__entry->qual = qual;
		__entry->vcpu = vcpu->index;
		__entry->hw_reason = hw_reason;
	),
	TP_printk("vm=%llu vcpu=%u hw_reason=0x%x pc=0x%llx qual=0x%llx",
		  __entry->vm, __entry->vcpu, __entry->hw_reason, __entry->pc,
		  __entry->qual)
);

/* A record was published (flight recorder, ring, parked). */
TRACE_EVENT(axvm_record,
	TP_PROTO(const struct axvm_vcpu *vcpu, const struct axvm_exit *exit),
	TP_ARGS(vcpu, exit),
	TP_STRUCT__entry(
		__field(u64, vm)
		__field(u64, seq)
		__field(u64, pc)
		__field(u64, gpa)
		__field(u32, vcpu)
		__field(u32, reason)
		__field(u32, flags)
		__field(u32, hw_reason)
	),
	TP_fast_assign(
		__entry->vm = vcpu->vm->id;
		__entry->seq = exit->seq;
		__entry->pc = exit->pc;
		__entry->gpa = exit->gpa;
		__entry->vcpu = vcpu->index;
		__entry->reason = exit->reason;
		__entry->flags = exit->flags;
		__entry->hw_reason = exit->hw_reason;
	),
	TP_printk("vm=%llu vcpu=%u seq=%llu reason=%s flags=%s pc=0x%llx gpa=0x%llx hw_reason=0x%x",
		  __entry->vm, __entry->vcpu, __entry->seq,
		  __print_symbolic(__entry->reason, AXVM_TRACE_REASONS),
		  __print_flags(__entry->flags, "|",
				{ AXVM_EXIT_WANTS_ANSWER, "wants-answer" },
				{ AXVM_EXIT_IN_KERNEL, "in-kernel" },
				{ AXVM_EXIT_STOPS, "stops" },
				{ AXVM_EXIT_ANSWERED, "answered" }),
		  __entry->pc, __entry->gpa, __entry->hw_reason)
);

/*
 * An event is put into the guest.  @vector: exception or interrupt vector,
 * or INTID.  @info: the architecture's own form (x86: VM-entry interruption
 * information; arm64: list register).  @error: error code where there is one.
 */
TRACE_EVENT(axvm_inject,
	TP_PROTO(const struct axvm_vcpu *vcpu, u32 vector, u64 info, u64 error),
	TP_ARGS(vcpu, vector, info, error),
	TP_STRUCT__entry(
		__field(u64, vm)
		__field(u64, info)
		__field(u64, error)
		__field(u32, vcpu)
		__field(u32, vector)
	),
	TP_fast_assign(
		__entry->vm = vcpu->vm->id;
		__entry->info = info;
		__entry->error = error;
		__entry->vcpu = vcpu->index;
		__entry->vector = vector;
	),
	TP_printk("vm=%llu vcpu=%u vector=%u info=0x%llx error=0x%llx",
		  __entry->vm, __entry->vcpu, __entry->vector, __entry->info,
		  __entry->error)
);

#endif /* AXVM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH module
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
