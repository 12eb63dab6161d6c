// SPDX-License-Identifier: GPL-2.0
/*
 * vmctl mem search: where guest memory holds a run of bytes.  Memory that
 * nobody touched yet is read as zeros and stays untouched.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dev.h"
#include "mem_search.h"
#include "out.h"
#include "vmctl.h"

#define CHUNK (1u << 20)

int pattern_parse(struct pattern *p, const char *text, bool is_text)
{
	size_t n = strlen(text);

	if (is_text) {
		if (!n || n > sizeof(p->bytes))
			return -EINVAL;
		memcpy(p->bytes, text, n);
		p->n = n;
		return 0;
	}
	if (!strncmp(text, "0x", 2))
		text += 2, n -= 2;
	if (!n || n % 2 || n / 2 > sizeof(p->bytes) ||
	    strspn(text, "0123456789abcdefABCDEF") != n)
		return -EINVAL;
	for (p->n = 0; p->n < n / 2; p->n++) {
		char pair[3] = { text[2 * p->n], text[2 * p->n + 1], '\0' };

		p->bytes[p->n] = (unsigned char)strtoul(pair, NULL, 16);
	}
	return 0;
}

/* Everything in one buffer; @base is its address. */
static uint64_t find_in(const struct search *s, const unsigned char *buf,
			size_t len, uint64_t base, struct json_object *list,
			uint64_t found)
{
	const unsigned char *at = buf;

	while (found < s->most) {
		at = memmem(at, len - (size_t)(at - buf), s->pattern.bytes,
			    s->pattern.n);
		if (!at)
			break;
		if (list) {
			char text[24];

			snprintf(text, sizeof(text), "0x%" PRIx64,
				 base + (uint64_t)(at - buf));
			out_push(list, json_object_new_string(text));
		} else {
			printf("0x%" PRIx64 "\n", base + (uint64_t)(at - buf));
		}
		found++;
		at++;
	}
	return found;
}

static int failed(const struct vm *vm, uint64_t at, int ret)
{
	if (ret == -ENOENT || ret == -ENXIO)
		return err(
			VMCTL_FAILED,
			"cannot search the memory of VM '%s' at 0x%" PRIx64
			": %s",
			vm->name, at,
			ret == -ENOENT ?
				"no guest memory is there; `vmctl show` lists the regions" :
				"the guest does not map this address");
	return vmctl_failed(vm, "search the memory of", ret);
}

int mem_search(const struct vm *vm, const struct search *s, bool json)
{
	unsigned char *buf = must(malloc(CHUNK));
	struct json_object *list = json ? out_array() : NULL;
	uint64_t found = 0, end = s->addr + s->len, done;
	uint32_t flags = AXVM_RW_PEEK | (s->gva ? AXVM_RW_GVA : 0);
	int ret = 0;

	/* Chunks overlap by what a match may stick out. */
	for (uint64_t at = s->addr;
	     end - at >= s->pattern.n && found < s->most;) {
		size_t n = end - at < CHUNK ? (size_t)(end - at) : CHUNK;

		ret = vm_mem_rw(vm->fd, flags, s->vcpu, at, buf, n, &done);
		if (ret) {
			ret = failed(vm, at + done, ret);
			break;
		}
		found = find_in(s, buf, n, at, list, found);
		if (n < CHUNK)
			break;
		at += n - (s->pattern.n - 1);
	}
	free(buf);
	if (!ret && list)
		out_json(list);
	json_object_put(list);
	if (!ret && !found)
		ret = VMCTL_FAILED; /* as grep does */
	return ret;
}
