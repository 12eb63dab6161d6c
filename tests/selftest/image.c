// SPDX-License-Identifier: GPL-2.0
/*
 * Images of tests/guest.  They are found in $AXVM_GUESTS, else by the program's
 * own place: in ../guest, where `make test` puts them, or where they were built.
 */
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/selftest/harness.h"
#include "tests/selftest/image.h"

static int image_open(const char *name)
{
	const char *dir = getenv("AXVM_GUESTS");
	char self[200] = "", path[300];
	int fd;

	if (dir) {
		snprintf(path, sizeof(path), "%s/%s.bin", dir, name);
		return open(path, O_RDONLY | O_CLOEXEC);
	}
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return -1;
	dir = dirname(self);
	snprintf(path, sizeof(path), "%s/../guest/%s.bin", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "%s/../../guest/%s/%s.bin", dir, arch.name,
		 name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

void image_load(struct vm *vm, const char *name)
{
	static char image[512 << 10];
	ssize_t len;
	int fd = image_open(name);

	if (fd < 0)
		test_skip("the guests are not here; set AXVM_GUESTS");
	len = read(fd, image, sizeof(image));
	close(fd);
	REQUIRE(len > 0);
	REQUIRE_RET(vm_write(vm->fd, arch.image, image, len), 0);
}
