/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * axvm userspace interface: register blocks and register ids of x86 vCPUs.
 */
#ifndef _UAPI_AXVM_X86_H
#define _UAPI_AXVM_X86_H

#include "axvm.h"

/** struct axvm_x86_regs - AXVM_REGS_GENERAL; @gpr in encoding order */
struct axvm_x86_regs {
	__u64 gpr[16]; /* rax rcx rdx rbx rsp rbp rsi rdi r8..r15 */
	__u64 rip;
	__u64 rflags;
};

/**
 * struct axvm_x86_segment - a segment register with its hidden part
 * @base: base address
 * @limit: limit in bytes (granularity already applied)
 * @access: access rights as VMX stores them: type 3:0, S 4, DPL 6:5, P 7,
 *	AVL 12, L 13, D/B 14, G 15, unusable 16
 */
struct axvm_x86_segment {
	__u64 base;
	__u32 limit;
	__u16 selector;
	__u16 pad;
	__u32 access;
	__u32 pad2;
};

struct axvm_x86_dtable {
	__u64 base;
	__u16 limit;
	__u16 pad[3];
};

/* Index of axvm_x86_sregs.seg (the encoding order of x86). */
#define AXVM_X86_ES 0
#define AXVM_X86_CS 1
#define AXVM_X86_SS 2
#define AXVM_X86_DS 3
#define AXVM_X86_FS 4
#define AXVM_X86_GS 5
#define AXVM_X86_TR 6
#define AXVM_X86_LDTR 7

/* CPU modes, axvm_x86_sregs.mode. */
#define AXVM_X86_MODE_REAL 0
#define AXVM_X86_MODE_PROTECTED 1
#define AXVM_X86_MODE_COMPAT 2
#define AXVM_X86_MODE_64 3

/**
 * struct axvm_x86_sregs - AXVM_REGS_SYSTEM
 * @mode: out: AXVM_X86_MODE_*; ignored by SET
 */
struct axvm_x86_sregs {
	struct axvm_x86_segment seg[8];
	struct axvm_x86_dtable gdt;
	struct axvm_x86_dtable idt;
	__u64 cr0;
	__u64 cr2;
	__u64 cr3;
	__u64 cr4;
	__u64 cr8;
	__u64 efer;
	__u64 apic_base;
	__u64 xcr0;
	__u64 dr[8]; /* dr4 and dr5 are zero */
	__u32 mode;
	__u32 pad;
};

/** struct axvm_x86_fpu - AXVM_REGS_FPU: XSAVE area, standard format */
struct axvm_x86_fpu {
	__u8 xsave[4096];
};

/* Register ids of struct axvm_reg: class in bits 31:24, index below. */
#define AXVM_X86_REG(class, index) (0x8600000000ull | ((class) << 24) | (index))
#define AXVM_X86_CLASS_GPR 0x01ull /* index 0-15, 16 rip, 17 rflags */
#define AXVM_X86_CLASS_CR 0x02ull /* 0 2 3 4 8; 16 xcr0 */
#define AXVM_X86_CLASS_DR 0x03ull /* 0-3 6 7 */
#define AXVM_X86_CLASS_SEG 0x04ull /* segment * 4 + {base limit sel access} */
#define AXVM_X86_CLASS_DT 0x05ull /* {gdt idt} * 2 + {base limit} */
#define AXVM_X86_CLASS_MSR_LOW 0x06ull /* MSR 0 - 0xffffff */
#define AXVM_X86_CLASS_MSR_HIGH 0x07ull /* MSR 0xc0000000 - 0xc0ffffff */

/*
 * Basic exit reasons of VMX: X(number, NAME, text), as in axvm_exit.hw_reason
 * (bits 15:0; bit 31: the entry failed).
 */
#define AXVM_X86_VMX_REASONS(X)                                                \
	X(0, EXCEPTION_NMI, "exception or NMI")                                \
	X(1, EXTERNAL_INTERRUPT, "external interrupt")                         \
	X(2, TRIPLE_FAULT, "triple fault")                                     \
	X(3, INIT, "INIT signal")                                              \
	X(4, SIPI, "start-up IPI")                                             \
	X(5, IO_SMI, "I/O SMI")                                                \
	X(6, OTHER_SMI, "other SMI")                                           \
	X(7, INTR_WINDOW, "interrupt window")                                  \
	X(8, NMI_WINDOW, "NMI window")                                         \
	X(9, TASK_SWITCH, "task switch")                                       \
	X(10, CPUID, "CPUID")                                                  \
	X(11, GETSEC, "GETSEC")                                                \
	X(12, HLT, "HLT")                                                      \
	X(13, INVD, "INVD")                                                    \
	X(14, INVLPG, "INVLPG")                                                \
	X(15, RDPMC, "RDPMC")                                                  \
	X(16, RDTSC, "RDTSC")                                                  \
	X(17, RSM, "RSM")                                                      \
	X(18, VMCALL, "VMCALL")                                                \
	X(19, VMCLEAR, "VMCLEAR")                                              \
	X(20, VMLAUNCH, "VMLAUNCH")                                            \
	X(21, VMPTRLD, "VMPTRLD")                                              \
	X(22, VMPTRST, "VMPTRST")                                              \
	X(23, VMREAD, "VMREAD")                                                \
	X(24, VMRESUME, "VMRESUME")                                            \
	X(25, VMWRITE, "VMWRITE")                                              \
	X(26, VMXOFF, "VMXOFF")                                                \
	X(27, VMXON, "VMXON")                                                  \
	X(28, CR, "control-register access")                                   \
	X(29, DR, "MOV DR")                                                    \
	X(30, IO, "I/O instruction")                                           \
	X(31, RDMSR, "RDMSR")                                                  \
	X(32, WRMSR, "WRMSR")                                                  \
	X(33, ENTRY_STATE, "VM entry failed: invalid guest state")             \
	X(34, ENTRY_MSR, "VM entry failed: MSR loading")                       \
	X(36, MWAIT, "MWAIT")                                                  \
	X(37, MTF, "monitor trap flag")                                        \
	X(39, MONITOR, "MONITOR")                                              \
	X(40, PAUSE, "PAUSE")                                                  \
	X(41, ENTRY_MCE, "VM entry failed: machine check")                     \
	X(43, TPR_THRESHOLD, "TPR below threshold")                            \
	X(44, APIC_ACCESS, "APIC access")                                      \
	X(45, VIRTUAL_EOI, "virtualized EOI")                                  \
	X(46, GDTR_IDTR, "access to GDTR or IDTR")                             \
	X(47, LDTR_TR, "access to LDTR or TR")                                 \
	X(48, EPT_VIOLATION, "EPT violation")                                  \
	X(49, EPT_MISCONFIG, "EPT misconfiguration")                           \
	X(50, INVEPT, "INVEPT")                                                \
	X(51, RDTSCP, "RDTSCP")                                                \
	X(52, PREEMPTION_TIMER, "VMX-preemption timer expired")                \
	X(53, INVVPID, "INVVPID")                                              \
	X(54, WBINVD, "WBINVD or WBNOINVD")                                    \
	X(55, XSETBV, "XSETBV")                                                \
	X(56, APIC_WRITE, "APIC write")                                        \
	X(57, RDRAND, "RDRAND")                                                \
	X(58, INVPCID, "INVPCID")                                              \
	X(59, VMFUNC, "VMFUNC")                                                \
	X(60, ENCLS, "ENCLS")                                                  \
	X(61, RDSEED, "RDSEED")                                                \
	X(62, PML_FULL, "page-modification log full")                          \
	X(63, XSAVES, "XSAVES")                                                \
	X(64, XRSTORS, "XRSTORS")                                              \
	X(65, PCONFIG, "PCONFIG")                                              \
	X(66, SPP, "SPP-related event")                                        \
	X(67, UMWAIT, "UMWAIT")                                                \
	X(68, TPAUSE, "TPAUSE")                                                \
	X(69, LOADIWKEY, "LOADIWKEY")                                          \
	X(70, ENCLV, "ENCLV")                                                  \
	X(72, ENQCMD_PASID, "ENQCMD PASID translation")                        \
	X(73, ENQCMDS_PASID, "ENQCMDS PASID translation")                      \
	X(74, BUS_LOCK, "bus lock")                                            \
	X(75, NOTIFY, "instruction timeout")                                   \
	X(76, SEAMCALL, "SEAMCALL")                                            \
	X(77, TDCALL, "TDCALL")                                                \
	X(78, RDMSRLIST, "RDMSRLIST")                                          \
	X(79, WRMSRLIST, "WRMSRLIST")

AXVM_LAYOUT(axvm_x86_regs, 144);
AXVM_LAYOUT(axvm_x86_segment, 24);
AXVM_LAYOUT(axvm_x86_dtable, 16);
AXVM_LAYOUT(axvm_x86_sregs, 360);
AXVM_OFFSET(axvm_x86_sregs, cr0, 224);
AXVM_LAYOUT(axvm_x86_fpu, 4096);

#endif /* _UAPI_AXVM_X86_H */
