// SPDX-License-Identifier: GPL-2.0
/*
 * Instrumentation for Bochs, the twin of count_plugin.c for x86.  Between the
 * marks BEGIN and END (prefetches of addresses that mean nothing else) it
 * counts instructions by address and, outside the guest, those that cost most
 * on silicon: VMREAD, VMWRITE, accesses to MSRs and control registers, world
 * switches, extended state, locked instructions, fences.  The mark NEXT begins
 * another operation; the quietest interval of the n-th is written to the file
 * that the environment's BOCHS_COUNT_OUT names, with ".n" behind it.
 *
 * An instruction is charged with what Bochs advances its clock by, so that
 * repeated ones count as often as the TSC counts them.  tests/box/setup
 * bochs-count builds this in the place of Bochs's own stubs.
 */
#include "bochs.h"

#if BX_INSTRUMENTATION

#include "cpu/cpu.h"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unordered_map>

#define MARK_NEXT 0x5d5d5d00u
#define MARK_BEGIN 0x5d5d5d01u
#define MARK_END 0x5d5d5d02u

namespace {

struct site {
	uint64_t count = 0;
	bool guest = false;
	const char *kind = "-";
};

std::unordered_map<uint64_t, site> sites;
site *last;
uint64_t last_icount, total, best = UINT64_MAX;
unsigned int operation;
bool counting;

const struct {
	const char *begin, *kind;
} kinds[] = {
	{ "VMREAD", "vmread" },	  { "VMWRITE", "vmwrite" },
	{ "RDMSR", "rdmsr" },	  { "WRMSR", "wrmsr" },
	{ "VMLAUNCH", "vmentry" }, { "VMRESUME", "vmentry" },
	{ "VMPTRLD", "vmptrld" },  { "VMCLEAR", "vmclear" },
	{ "INVEPT", "tlb" },	  { "INVVPID", "tlb" },
	{ "INVLPG", "tlb" },	  { "INVPCID", "tlb" },
	{ "XSAVE", "xsave" },	  { "XRSTOR", "xrstor" },
	{ "XSETBV", "xsetbv" },	  { "FXSAVE", "xsave" },
	{ "MFENCE", "fence" },	  { "LFENCE", "fence" },
	{ "SFENCE", "fence" },	  { "RDTSC", "rdtsc" },
	{ "IRET", "iret" },	  { "SYSCALL", "syscall" },
	{ "SYSRET", "syscall" },  { "SWAPGS", "swapgs" },
	{ "MOV_CR", "mov-cr" },	  { "MOV_RqCR", "mov-cr" },
	{ "MOV_DR", "mov-dr" },	  { "IN_", "port" },
	{ "OUT_", "port" },	  { "LGDT", "lgdt" },
	{ "LIDT", "lidt" },	  { "VERW", "verw" },
};

const char *kind_of(bxInstruction_c *i)
{
	const char *name = i->getIaOpcodeNameShort();

	for (const auto &k : kinds)
		if (!strncmp(name, k.begin, strlen(k.begin)))
			return k.kind;
	return i->getLock() ? "locked" : "-";
}

void charge(uint64_t icount)
{
	if (last) {
		last->count += icount - last_icount;
		total += icount - last_icount;
	}
	last_icount = icount;
}

void begin()
{
	for (auto &s : sites)
		s.second.count = 0;
	total = 0;
	last = nullptr;
	counting = true;
}

void end(uint64_t icount)
{
	const char *out = getenv("BOCHS_COUNT_OUT");
	char path[4096];
	FILE *f;

	charge(icount);
	counting = false;
	if (total >= best || !out)
		return;
	best = total;
	snprintf(path, sizeof(path), "%s.%u", out, operation);
	f = fopen(path, "w");
	if (!f)
		return;
	for (const auto &s : sites)
		if (s.second.count)
			fprintf(f, "%" PRIx64 " %" PRIu64 " %s\n", s.first,
				s.second.count,
				s.second.guest ? "guest" : s.second.kind);
	fclose(f);
}

} // namespace

void bx_instr_init_env(void)
{
}

void bx_instr_exit_env(void)
{
}

void bx_instr_prefetch_hint(unsigned cpu, unsigned what, unsigned seg,
			    bx_address offset)
{
	if (offset == MARK_NEXT) {
		operation++;
		best = UINT64_MAX;
	} else if (offset == MARK_BEGIN) {
		begin();
	}
	if (offset == MARK_END && counting)
		end(BX_CPU(cpu)->get_icount());
}

void bx_instr_before_execution(unsigned cpu, bxInstruction_c *i)
{
	bool guest;

	if (!counting)
		return;
	charge(BX_CPU(cpu)->get_icount());
	guest = BX_CPU(cpu)->in_vmx_guest;
	/* Guests live where the host and its programs do. */
	last = &sites[BX_CPU(cpu)->get_instruction_pointer() ^
		     (guest ? 1ull << 62 : 0)];
	last->guest = guest;
	last->kind = kind_of(i);
}

#endif
