// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: any bytes as a test guest's file (the header in it, its
 * configuration, the rule that makes), then as what it prints.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "test.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(const struct test_rule *r, const uint8_t *data, size_t size)
{
	struct test_watch *w = test_watch_new(r);
	enum cfg_verdict v = CFG_VERDICT_ERROR;
	char text[TEST_TEXT] = "";
	size_t half = size / 2, n;

	test_watch_feed(w, (const char *)data, half, &v, text);
	test_watch_feed(w, (const char *)data + half, size - half, &v, text);
	test_watch_feed(w, NULL, 0, &v, text);
	if (v > CFG_VERDICT_ERROR || strlen(text) >= sizeof(text))
		abort();
	test_watch_tail(w, &n);
	if (n > TEST_TAIL)
		abort();
	test_watch_free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = memcpy(malloc(size ? size : 1), data, size);
	struct config c = { 0 };
	struct diags d = { 0 };
	struct test_rule r;
	const char *text;
	size_t len;

	text = test_header(copy, size, &len);
	if (text) {
		if (text < (char *)copy || text + len >= (char *)copy + size)
			abort();
		if (config_read_text(text, len, "fuzz", &c, &d) &&
		    config_finish(&c, &d)) {
			test_rule(&c, true, 1, &r);
			/* Patterns that need for ever are the author's. */
			r.pass = r.fail = r.skip = "";
			print(&r, copy, size);
		}
	} else {
		config_blank(&c, "fuzz");
		test_rule(&c, false, 1, &r);
		r.pass = "^ok [0-9]+";
		r.fail = "STATUS=[^1]$";
		print(&r, copy, size);
	}
	config_free(&c);
	diag_free(&d);
	free(copy);
	return 0;
}
