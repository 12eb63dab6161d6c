# SPDX-License-Identifier: GPL-2.0
#
# Owns which files make up the x86 part of axvm.ko.  Pure files of emul/ are
# all in it.

axvm-y += $(patsubst $(AXVM_ROOT)/%.c,%.o, \
	$(wildcard $(AXVM_ROOT)/arch/x86/*.c $(AXVM_ROOT)/arch/x86/emul/*.c \
		$(AXVM_ROOT)/arch/x86/vmx/*.c))
axvm-y += arch/x86/vmx/enter.o arch/x86/vmx/irq.o
