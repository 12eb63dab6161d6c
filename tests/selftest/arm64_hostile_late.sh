#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Hostile guests (arm64_hostile.c) once more where the clock counts
# instructions: how late the host is then does not depend on what else the
# machine below has to do, and is judged: a guest that holds its CPU for as long as
# it runs (100 ms each) makes it several times the bounds. None goes through all
# there is to its end, that would take an emulator minutes.
#
# One CPU: of two, QEMU then runs one for as long as nothing is due in the
# machine, a tick, while the other, which has work, waits for its turn.
#
# box: targets=nvhe,vhe timeout=600 --icount --cpus 1 --put @SELFTEST@/arm64_hostile:/root/selftest/arm64_hostile

AXVM_TEST_LATE=1 exec /root/selftest/arm64_hostile
