// SPDX-License-Identifier: GPL-2.0
/*
 * A Multiboot 1 kernel that prints what it was given, on COM1, and powers off.
 * Built twice: as an ELF file, and with KLUDGE as a raw binary whose header
 * says where it goes.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

struct module {
	u32 start, end, name, reserved;
};

struct info {
	u32 flags, mem_lower, mem_upper, boot_device, cmdline, nr_modules,
		modules;
	u32 symbols[4];
	u32 map_bytes, map;
	u32 drives[2];
	u32 config, loader;
};

struct range {
	u32 size;
	u64 at, len;
	u32 type;
} __attribute__((packed));

static u32 bss_word; /* must be 0 at the start, also after a reset */

static void outb(u16 port, u8 v)
{
	asm volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static void text(const char *s)
{
	for (; *s; s++)
		outb(0x3f8, (u8)*s);
}

static void hex(const char *name, u64 v)
{
	char digits[17];
	int i = 16;

	digits[i] = 0;
	do {
		digits[--i] = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	text(name);
	text(digits + i);
}

void mb_main(u32 eax, const struct info *info)
{
	const struct module *m = (const struct module *)info->modules;
	u32 cr0, flags, cs, ds;

	asm volatile("mov %%cr0, %0" : "=r"(cr0));
	asm volatile("pushf; pop %0" : "=r"(flags));
	asm volatile("mov %%cs, %0; mov %%ds, %1" : "=r"(cs), "=r"(ds));
	hex("mb: eax ", eax);
	hex(" pe ", cr0 & 1);
	hex(" pg ", cr0 >> 31);
	hex(" if ", flags >> 9 & 1);
	hex(" bss ", bss_word++);
	text("\nmb: cmdline <");
	text((const char *)info->cmdline);
	text(">\nmb: loader ");
	text((const char *)info->loader);
	hex("\nmb: lower ", info->mem_lower);
	hex(" upper ", info->mem_upper);
	text("\n");
	for (u32 i = 0; i < info->nr_modules; i++) {
		hex("mb: module ", i);
		text(" ");
		text((const char *)m[i].name);
		hex(" bytes ", m[i].end - m[i].start);
		hex(" offset ", m[i].start & 4095);
		hex(" first ", *(const u8 *)m[i].start);
		text("\n");
	}
	for (u32 at = info->map; at < info->map + info->map_bytes;) {
		const struct range *r = (const struct range *)at;

		hex("mb: memory ", r->at);
		hex(" + ", r->len);
		hex(" type ", r->type);
		text("\n");
		at += r->size + 4;
	}
	text("mb: done\n");
	asm volatile("outw %w0, %w1" : : "a"(0x2000), "d"(0x604));
}
