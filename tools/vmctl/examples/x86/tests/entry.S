/* SPDX-License-Identifier: GPL-2.0 */
/* It never runs: entry.toml beside it begins in a state that is refused. */
	.include "axvm-test.inc"
	verdict	0
	jmp	stop
