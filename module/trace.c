// SPDX-License-Identifier: GPL-2.0
/*
 * Instantiates the tracepoints that trace.h declares; nothing else.
 */
#include "module/vm.h"

#define CREATE_TRACE_POINTS
#include "module/trace.h"
