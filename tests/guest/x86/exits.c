// SPDX-License-Identifier: GPL-2.0
/*
 * Touches every kind of exit that is handled inside, and writes down what the
 * guest saw; the words are named in guest.h.
 */
#include "lib.h"

#define MSR_EFER 0xc0000080
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_KERNEL_GS 0xc0000102
#define MSR_PAT 0x277
#define MSR_UNKNOWN 0x40001234

static void do_cpuid(void)
{
	u32 r[4];

	cpuid(0, 0, r);
	OUT(X86_CPUID0_EBX) = r[1];
	cpuid(1, 0, r);
	OUT(X86_CPUID1_EBX) = r[1];
	OUT(X86_CPUID1_ECX) = r[2];
	cpuid(0x40000000, 0, r);
	OUT(X86_CPUID_HV_EAX) = r[0];
	OUT(X86_CPUID_HV_EBX) = r[1];
	cpuid(0xd, 0, r);
	OUT(X86_CPUID_D_EBX) = r[1];
}

static void do_msrs(void)
{
	u64 v;

	try_rdmsr(MSR_EFER, &v);
	OUT(X86_RDMSR_EFER) = v;
	OUT(X86_WRMSR_EFER_BAD_VEC) = try_wrmsr(MSR_EFER, v | 1ull << 40);
	try_rdmsr(MSR_PAT, &v);
	OUT(X86_RDMSR_PAT) = v;
	OUT(X86_RDMSR_UNKNOWN_VEC) = try_rdmsr(MSR_UNKNOWN, &v);
	OUT(X86_WRMSR_UNKNOWN_VEC) = try_wrmsr(MSR_UNKNOWN, 1);
	try_wrmsr(MSR_STAR, 0x0023001000000000ull);
	try_rdmsr(MSR_STAR, &v);
	OUT(X86_WRMSR_STAR) = v;
	OUT(X86_WRMSR_LSTAR_BAD_VEC) =
		try_wrmsr(MSR_LSTAR, 0x0800000000000000ull);
	try_wrmsr(MSR_KERNEL_GS, 0x123456789000ull);
	try_rdmsr(MSR_KERNEL_GS, &v);
	OUT(X86_WRMSR_KGS) = v;
}

static void do_crs(void)
{
	u64 cr0 = read_cr0(), cr4 = read_cr4();

	try_write_cr0(cr0 | 8);
	OUT(X86_CR0_TS_AFTER_SET) = read_cr0() & 8;
	asm volatile("clts");
	OUT(X86_CR0_TS_AFTER_CLTS) = read_cr0() & 8;
	asm volatile("lmsw %w0" : : "r"((u32)(cr0 | 8)));
	OUT(X86_CR0_LMSW) = read_cr0() & 0xf;
	asm volatile("clts");
	OUT(X86_CR0_BAD_VEC) = try_write_cr0(cr0 & ~1ull);
	OUT(X86_CR4_BAD_VEC) = try_write_cr4(cr4 | 1ull << 40);
	OUT(X86_CR4_VMXE_VEC) = try_write_cr4(cr4 | 1ull << 13);
	OUT(X86_CR4_READ) = read_cr4();
	try_write_cr8(5);
	OUT(X86_CR8) = read_cr8();
	OUT(X86_CR8_BAD_VEC) = try_write_cr8(16);
	try_write_cr8(0);
	OUT(X86_CR3_ROUND) = try_write_cr3(read_cr3()) | read_cr3();
}

static u64 try_xsetbv(u64 v)
{
	return TRY("xsetbv", : : "a"((u32)v), "d"((u32)(v >> 32)), "c"(0) :
		   "r11", "memory");
}

static void do_xcr(void)
{
	u32 r[4], lo, hi;

	cpuid(1, 0, r);
	if (!(r[2] & 1u << 26)) {
		OUT(X86_XCR0) = ~0ull;
		return;
	}
	try_write_cr4(read_cr4() | 1ull << 18);
	OUT(X86_XSETBV_VEC) = try_xsetbv(3);
	OUT(X86_XSETBV_BAD_VEC) = try_xsetbv(2); /* x87 must be set */
	asm volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	OUT(X86_XCR0) = (u64)hi << 32 | lo;
}

static void do_misc(void)
{
	static u64 region[512] __attribute__((aligned(4096)));
	u64 t = rdtsc(), d, region_pa = (u64)region;
	u32 r[4], aux = 0;

	OUT(X86_INVD_VEC) = TRY("invd", : : : "r11", "memory");
	OUT(X86_WBINVD_VEC) = TRY("wbinvd", : : : "r11", "memory");
	OUT(X86_INVLPG_VEC) = TRY("invlpg (%0)", : : "r"(t & 0xfffff) : "r11",
				  "memory");
	OUT(X86_RDTSC_FORWARD) = rdtsc() > t;
	cpuid(0x80000001, 0, r);
	if (r[3] & 1u << 27) {
		try_wrmsr(0xc0000103, 77);
		asm volatile("rdtscp" : "=c"(aux) : : "rax", "rdx");
	}
	OUT(X86_RDTSCP_AUX) = aux;
	OUT(X86_UD2_VEC) = TRY("ud2", : : : "r11", "memory");
	OUT(X86_VMXON_VEC) = TRY("vmxon %0", : : "m"(region_pa) : "r11",
				 "memory");
	OUT(X86_MONITOR_VEC) = TRY("monitor", : : "a"(region), "c"(0), "d"(0) :
				   "r11", "memory");
	OUT(X86_RDPMC_VEC) = TRY("rdpmc", : : "c"(0) : "rax", "rdx", "r11",
				 "memory");
	asm volatile("mov %0, %%dr1" : : "r"(0x1234567ull));
	asm volatile("mov %%dr1, %0" : "=r"(d));
	OUT(X86_DR_ROUND) = d;
}

void guest_main(u64 index)
{
	(void)index;
	do_cpuid();
	do_msrs();
	do_crs();
	do_xcr();
	do_misc();
	OUT(X86_VMCALL_RESULT) = vmcall(0x1234, 1, 2, 3, 4, 5, 6);
	puts("exits done\n");
}
