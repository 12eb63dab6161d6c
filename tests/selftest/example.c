// SPDX-License-Identifier: GPL-2.0
/*
 * The client that the documentation shows, whole, as a test: it must build,
 * and do what it says.
 */
#define main example_main
#include "Documentation/examples/client.c"
#undef main

#include <string.h>

#include "tests/selftest/harness.h"

static void client(void)
{
	int out = dup(1), file = memfd_create("out", MFD_CLOEXEC);
	char text[2048] = "";
	ssize_t n;
	int status;

	REQUIRE(out >= 0 && file >= 0);
	fflush(stdout);
	dup2(file, 1);
	status = example_main();
	fflush(stdout);
	dup2(out, 1);
	close(out);
	n = pread(file, text, sizeof(text) - 1, 0);
	text[n < 0 ? 0 : n] = 0;
	if (!CHECK_EQ(status, 0))
		note("%s", text);
	CHECK(strstr(text, "hypercall "));
	CHECK(strstr(text, ") = 42\n"));
	CHECK(strstr(text, "the guest wrote 42\n"));
}

static const struct test tests[] = {
	{ "the documentation's client answers a hypercall", client },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
