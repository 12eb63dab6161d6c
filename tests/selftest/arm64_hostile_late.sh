#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Hostile guests (arm64_hostile.c) once more where the clock counts
# instructions: how late the host is then does not depend on what else the
# machine below has to do, and its mean is judged: a guest that holds the host up
# for as long as it runs (100 ms each) makes it several times the bound.
#
# box: targets=nvhe,vhe timeout=600 --icount --put @SELFTEST@/arm64_hostile:/root/selftest/arm64_hostile

AXVM_TEST_LATE=1 exec /root/selftest/arm64_hostile
