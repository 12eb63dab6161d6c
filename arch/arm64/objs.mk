# SPDX-License-Identifier: GPL-2.0
#
# Owns what axvm.ko is made of on arm64, and how the EL2 image is linked: on
# its own, then carried in the module as data.

arm64_dir := $(AXVM_ROOT)/arch/arm64

axvm-y += $(patsubst $(AXVM_ROOT)/%.c,%.o, \
	$(wildcard $(arm64_dir)/*.c $(arm64_dir)/emul/*.c \
		$(arm64_dir)/hyp/vhe/*.c))
axvm-y += $(addprefix arch/arm64/hyp/, entry.o cache.o fpsimd.o \
	nvhe/takeover.o nvhe/el2map.o nvhe/hvc.o nvhe/blob.o)

# The kernel's FP code for context switches is not for modules.
AFLAGS_arch/arm64/hyp/fpsimd.o := -Wa,-march=armv8-a+fp+simd

# Between entry and exit a host at EL2 has the guest's traps and vectors:
# nothing that a compiler adds may run there.
CFLAGS_REMOVE_arch/arm64/hyp/vhe/switch.o := $(CC_FLAGS_FTRACE)
KASAN_SANITIZE_arch/arm64/hyp/vhe/switch.o := n
KCSAN_SANITIZE_arch/arm64/hyp/vhe/switch.o := n
UBSAN_SANITIZE_arch/arm64/hyp/vhe/switch.o := n
KCOV_INSTRUMENT_arch/arm64/hyp/vhe/switch.o := n
GCOV_PROFILE_arch/arm64/hyp/vhe/switch.o := n

# ---- offsets for the assembly ---------------------------------------------

hyp_offsets := $(obj)/arch/arm64/hyp/hyp-offsets.h
asflags-y += -I$(obj)/arch/arm64/hyp

$(obj)/arch/arm64/hyp/offsets.s: $(src)/arch/arm64/hyp/offsets.c FORCE
	$(call if_changed_dep,cc_s_c)

$(hyp_offsets): $(obj)/arch/arm64/hyp/offsets.s FORCE
	$(call filechk,offsets,__AXVM_HYP_OFFSETS_H__)

$(obj)/arch/arm64/hyp/entry.o: $(hyp_offsets)

targets += arch/arm64/hyp/offsets.s
clean-files += arch/arm64/hyp/hyp-offsets.h arch/arm64/hyp/nvhe/image.elf \
	arch/arm64/hyp/nvhe/image.bin

# ---- the EL2 image ----------------------------------------------------------

hyp_image := $(obj)/arch/arm64/hyp/nvhe/image
hyp_image_objs := $(addprefix $(obj)/arch/arm64/hyp/nvhe/, \
	host.nvhe.o entry.nvhe.o image.nvhe.o)

# No code that the kernel patches, no stack protector, no signed returns, no
# FP, no tables of absolute addresses.
hyp_image_flags := $(LINUXINCLUDE) -I$(AXVM_ROOT) -I$(obj)/arch/arm64/hyp \
	-D__KERNEL__ -nostdinc -march=armv8-a
hyp_image_cflags := -std=gnu11 -O2 -g0 -ffreestanding -fno-builtin \
	-fno-pic -fno-pie -mcmodel=small -mgeneral-regs-only -mstrict-align \
	-mbranch-protection=none -fno-stack-protector -fno-jump-tables \
	-fno-common -fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fno-strict-aliasing -fno-delete-null-pointer-checks \
	-Wall -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-type-limits \
	-DKBUILD_MODNAME='"axvm"' -include $(srctree)/include/linux/compiler_types.h

quiet_cmd_hyp_cc = HYPCC   $@
      cmd_hyp_cc = $(CC) -Wp,-MMD,$(depfile) $(hyp_image_flags) \
	$(hyp_image_cflags) -c -o $@ $<
quiet_cmd_hyp_as = HYPAS   $@
      cmd_hyp_as = $(CC) -Wp,-MMD,$(depfile) $(hyp_image_flags) \
	-D__ASSEMBLY__ -c -o $@ $<
quiet_cmd_hyp_ld = HYPLD   $@
      cmd_hyp_ld = $(LD) -nostdlib -static --no-undefined --orphan-handling=error \
	-z noexecstack --build-id=none -z max-page-size=4096 \
	-T $(filter %.lds,$^) -o $@ $(filter %.o,$^)
quiet_cmd_hyp_bin = HYPBIN  $@
      cmd_hyp_bin = $(OBJCOPY) -O binary $< $@

$(obj)/arch/arm64/hyp/nvhe/host.nvhe.o: $(src)/arch/arm64/hyp/nvhe/host.S $(hyp_offsets) FORCE
	$(call if_changed_dep,hyp_as)
$(obj)/arch/arm64/hyp/nvhe/entry.nvhe.o: $(src)/arch/arm64/hyp/entry.S $(hyp_offsets) FORCE
	$(call if_changed_dep,hyp_as)
$(obj)/arch/arm64/hyp/nvhe/image.nvhe.o: $(src)/arch/arm64/hyp/nvhe/image.c FORCE
	$(call if_changed_dep,hyp_cc)
$(hyp_image).elf: $(src)/arch/arm64/hyp/nvhe/image.lds $(hyp_image_objs) FORCE
	$(call if_changed,hyp_ld)
$(hyp_image).bin: $(hyp_image).elf FORCE
	$(call if_changed,hyp_bin)

targets += $(patsubst $(obj)/%,%,$(hyp_image_objs) $(hyp_image).elf $(hyp_image).bin)
AFLAGS_arch/arm64/hyp/nvhe/blob.o := -DHYP_IMAGE='"$(hyp_image).bin"'
$(obj)/arch/arm64/hyp/nvhe/blob.o: $(hyp_image).bin
