# SPDX-License-Identifier: GPL-2.0
# Unit tests and the pure sources that each is linked with: one line a test,
#	UNIT_<test> := <root-relative sources>
# tests/unit/<test>.c is the Check program.  Lines sorted by name.
UNIT_vmargs_test := module/lib/vmargs.c
