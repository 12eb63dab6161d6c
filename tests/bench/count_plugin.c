// SPDX-License-Identifier: GPL-2.0
/*
 * A QEMU TCG plugin (API version 1) that says what a round trip is made of.
 * Between the marks BEGIN and END of a guest (HINTs that do nothing) it counts
 * instructions by address and, outside the guest, those that cost most on
 * silicon: system-register accesses, barriers, TLB and cache maintenance,
 * exclusives, ERET.  The mark NEXT begins another operation; the quietest
 * interval of the n-th is written to the file in the plugin's argument "out=",
 * with ".n" behind it.
 *
 * The plugin interface is declared here: QEMU's header is in no package.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum { QEMU_PLUGIN_CB_NO_REGS };

void qemu_plugin_register_vcpu_tb_trans_cb(
	qemu_plugin_id_t id,
	void (*cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    void (*cb)(unsigned int vcpu,
						       void *opaque),
					    int flags, void *opaque);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t idx);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

EXPORT int qemu_plugin_version = 1;

#define HINT(n) (0xd503201fu | (n) << 5)
#define MARK_NEXT HINT(0x5c)
#define MARK_BEGIN HINT(0x5d)
#define MARK_END HINT(0x5e)
#define GUEST_FIRST 0x40070000ull
#define GUEST_LAST 0x40100000ull

/* One instruction of the program, by address. */
struct site {
	struct site *next;
	uint64_t address;
	uint32_t word;
	uint64_t count;
};

#define BUCKETS (1u << 18)
static struct site *sites[BUCKETS];
static bool counting;
static uint64_t total, best = UINT64_MAX;
static const char *out;
static unsigned int operation;

static struct site *site_get(uint64_t address, uint32_t word)
{
	struct site **head = &sites[(address >> 2) % BUCKETS], *s;

	for (s = *head; s; s = s->next)
		if (s->address == address && s->word == word)
			return s;
	s = calloc(1, sizeof(*s));
	s->address = address;
	s->word = word;
	s->next = *head;
	*head = s;
	return s;
}

static void on_insn(unsigned int vcpu, void *opaque)
{
	struct site *s = opaque;

	if (!counting)
		return;
	s->count++;
	total++;
}

static void on_begin(unsigned int vcpu, void *opaque)
{
	struct site *s;
	unsigned int i;

	for (i = 0; i < BUCKETS; i++)
		for (s = sites[i]; s; s = s->next)
			s->count = 0;
	total = 0;
	counting = true;
}

static const char *kind(uint32_t w)
{
	if ((w & 0xffd00000) == 0xd5100000)
		return w & 1u << 21 ? "mrs" : "msr";
	if ((w & 0xfff80000) == 0xd5080000)
		return (w >> 12 & 15) == 8 ? "tlbi" : "cache";
	if ((w & 0xfffff0ff) == 0xd50330bf || (w & 0xfffff0ff) == 0xd503309f)
		return "barrier";
	if ((w & 0xfffff0ff) == 0xd50330df)
		return "isb";
	if (w == 0xd69f03e0)
		return "eret";
	if ((w & 0x3f400000) == 0x08400000 || (w & 0x3f208000) == 0x08200000 ||
	    (w & 0x3f200c00) == 0x38200000 || (w & 0x3fa07c00) == 0x08a07c00)
		return "atomic";
	return "-";
}

static void on_next(unsigned int vcpu, void *opaque)
{
	operation++;
	best = UINT64_MAX;
}

static void on_end(unsigned int vcpu, void *opaque)
{
	struct site *s;
	char path[4096];
	unsigned int i;
	FILE *f;

	counting = false;
	if (total >= best)
		return;
	best = total;
	snprintf(path, sizeof(path), "%s.%u", out, operation);
	f = fopen(path, "w");
	if (!f)
		return;
	for (i = 0; i < BUCKETS; i++)
		for (s = sites[i]; s; s = s->next)
			if (s->count)
				fprintf(f, "%" PRIx64 " %" PRIu64 " %s\n",
					s->address, s->count,
					s->address >= GUEST_FIRST &&
							s->address <
								GUEST_LAST ?
						"guest" :
						kind(s->word));
	fclose(f);
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);

	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t address = qemu_plugin_insn_vaddr(insn);
		uint32_t word;

		memcpy(&word, qemu_plugin_insn_data(insn), sizeof(word));
		if (word == MARK_NEXT)
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_next, QEMU_PLUGIN_CB_NO_REGS, NULL);
		else if (word == MARK_BEGIN)
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_begin, QEMU_PLUGIN_CB_NO_REGS, NULL);
		else if (word == MARK_END)
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_end, QEMU_PLUGIN_CB_NO_REGS, NULL);
		else
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_insn, QEMU_PLUGIN_CB_NO_REGS,
				site_get(address, word));
	}
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc,
			       char **argv)
{
	int i;

	for (i = 0; i < argc; i++)
		if (!strncmp(argv[i], "out=", 4))
			out = strdup(argv[i] + 4);
	if (!out)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
	return 0;
}
