// SPDX-License-Identifier: GPL-2.0
/*
 * A host with SVE (arm64_sve.box): whoever uses it keeps all of its vectors
 * and predicates while guests use FP and SIMD on the same CPU, and guests do
 * not see it.
 */
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

#include "tests/selftest/arm64_tiny.h"

#define HAS_SVE (1ul << 22) /* AT_HWCAP */
#define MAX_BYTES 256

static unsigned long vector_bytes(void)
{
	int vl = prctl(PR_SVE_GET_VL);

	return vl < 0 ? 0 : vl & PR_SVE_VL_LEN_MASK;
}

/*
 * Fill z0-z31, p0-p15 and FFR, spin without a system call, look again.  Number
 * of vectors that are not what they were.
 */
static unsigned int keep(uint8_t seed, unsigned long spins)
{
	static __thread uint8_t in[32][MAX_BYTES], out[32][MAX_BYTES];
	static __thread uint8_t pin[17][MAX_BYTES / 8], pout[17][MAX_BYTES / 8];
	unsigned long vl = vector_bytes();
	unsigned int i, j, bad = 0;

	for (i = 0; i < 32; i++)
		for (j = 0; j < vl; j++)
			in[i][j] = seed + 7 * i + 31 * j;
	for (i = 0; i < 16; i++)
		for (j = 0; j < vl / 8; j++)
			pin[i][j] = seed ^ (5 * i + 3 * j);
	memset(pin[16], 0, sizeof(pin[16]));
	for (j = 0; j < vl / 16; j++)
		pin[16][j] = 0xff; /* FFR: a run of ones from the lowest */
#define Z(op, n, base, step)          \
	op " z" #n ", [" base "]\n\t" \
	   "add " base ", " base ", " step "\n\t"
#define ALL_Z(op, base, step)                                                   \
	Z(op, 0, base, step)                                                    \
	Z(op, 1, base, step) Z(op, 2, base, step) Z(op, 3, base, step) Z(       \
		op, 4, base, step) Z(op, 5, base, step) Z(op, 6, base,          \
							  step) Z(op, 7, base,  \
								  step)         \
		Z(op, 8, base, step) Z(op, 9, base, step) Z(                    \
			op, 10, base,                                           \
			step) Z(op, 11, base,                                   \
				step) Z(op, 12, base,                           \
					step) Z(op, 13, base,                   \
						step) Z(op, 14, base,           \
							step) Z(op, 15, base,   \
								step)           \
			Z(op, 16, base, step) Z(op, 17, base, step) Z(          \
				op, 18,                                         \
				base, step) Z(op, 19, base, step)               \
				Z(op, 20, base, step) Z(op, 21, base, step) Z(  \
					op, 22,                                 \
					base, step) Z(op, 23, base, step)       \
					Z(op, 24, base, step) Z(                \
						op, 25,                         \
						base,                           \
						step) Z(op, 26, base, step)     \
						Z(op, 27, base,                 \
						  step) Z(op, 28, base, step)   \
							Z(op, 29, base, step)   \
								Z(op, 30,       \
								  base, step)   \
									Z(op,   \
									  31,   \
									  base, \
									  step)
#define P(op, n, base, step)          \
	op " p" #n ", [" base "]\n\t" \
	   "add " base ", " base ", " step "\n\t"
#define ALL_P(op, base, step)                                                  \
	P(op, 0, base, step)                                                   \
	P(op, 1, base, step) P(op, 2, base, step) P(op, 3, base, step) P(      \
		op, 4, base, step) P(op, 5, base, step) P(op, 6, base, step)   \
		P(op, 7, base, step) P(op, 8, base, step) P(op, 9, base, step) \
			P(op, 10, base, step) P(op, 11, base, step)            \
				P(op, 12, base, step) P(op, 13, base, step)    \
					P(op, 14, base, step)                  \
						P(op, 15, base, step)
	{
		register void *a asm("x1") = in;
		register void *b asm("x2") = pin;
		register void *c asm("x3") = out;
		register void *d asm("x4") = pout;
		register void *f asm("x5") = pin[16];
		register void *g asm("x6") = pout[16];
		register unsigned long n asm("x7") = spins;

		asm volatile(
			".arch_extension sve\n\t"
			"ldr p0, [%[f]]\n\t"
			"wrffr p0.b\n\t" ALL_Z("ldr", "%[a]", "#256") ALL_P(
				"ldr", "%[b]",
				"#32") "1: subs %[n], %[n], #1\n\t"
				       "b.ne 1b\n\t" ALL_Z("str", "%[c]",
							   "#256")
					       ALL_P("str", "%[d]",
						     "#32") "rdffr p0.b\n\t"
							    "str p0, [%[g]]"
			: [a] "+r"(a), [b] "+r"(b), [c] "+r"(c), [d] "+r"(d),
			  [n] "+r"(n)
			: [f] "r"(f), [g] "r"(g)
			: "memory", "cc", "v0", "v1", "v2", "v3", "v4", "v5",
			  "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13",
			  "v14", "v15", "v16", "v17", "v18", "v19", "v20",
			  "v21", "v22", "v23", "v24", "v25", "v26", "v27",
			  "v28", "v29", "v30", "v31");
	}
	for (i = 0; i < 32; i++)
		bad += !!memcmp(in[i], out[i], vl);
	for (i = 0; i < 17; i++)
		bad += !!memcmp(pin[i], pout[i], vl / 8);
	return bad;
}

static void pin_to_first_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	REQUIRE(!sched_setaffinity(0, sizeof(set), &set));
}

static volatile bool stop;

static void *user(void *opaque)
{
	unsigned long *bad = opaque;
	uint8_t seed = 0;

	while (!stop) {
		bad[0] += keep(++seed, 3000000);
		bad[1]++;
	}
	return NULL;
}

static void kept(void)
{
	struct axvm_vcpu_affinity a = { .size = sizeof(a), .mask = { 1 } };
	unsigned long bad[2] = { 0 };
	struct axvm_vm_wait wait;
	pthread_t thread;
	struct vm vm;

	if (!(getauxval(AT_HWCAP) & HAS_SVE))
		test_skip("no SVE here");
	pin_to_first_cpu();
	note("vectors of %lu bytes", vector_bytes());
	CHECK_EQ(keep(3, 1000), 0);
	tiny_make(&vm, "fpu", 0);
	tiny_arg(&vm, 0, 4711);
	tiny_arg(&vm, 1, 300);
	REQUIRE_RET(call(vm.vcpu[0], AXVM_VCPU_AFFINITY, &a), 0);
	REQUIRE(!pthread_create(&thread, NULL, user, bad));
	REQUIRE_RET(vm_start(vm.fd), 0);
	CHECK_RET(vm_wait_state(vm.fd, AXVM_VM_STOPPED, &wait), 0);
	stop = true;
	pthread_join(thread, NULL);
	tiny_check_done(&vm);
	SAW(0, 0);
	SAW(1, 300);
	note("%lu rounds on the host", bad[1]);
	CHECK(bad[1] > 0);
	CHECK_EQ(bad[0], 0);
}

static void hidden(void)
{
	struct vm vm;

	if (!(getauxval(AT_HWCAP) & HAS_SVE))
		test_skip("no SVE here");
	tiny_make(&vm, "sve", 0);
	tiny_run(&vm);
	SAW(0, 0); /* ID_AA64PFR0_EL1.SVE */
	SAW(1, 0); /* ID_AA64ZFR0_EL1 */
	SAW(2, 1u << 25); /* a vector instruction, ZCR_EL1: undefined */
	SAW(3, 1u << 25);
	SAW(4, 0); /* SME, in ID_AA64PFR1_EL1 */
	SAW(5, 1u << 25); /* SMSTART */
}

static const struct test tests[] = {
	{ "the host's vectors and predicates are kept beside a guest", kept,
	  120 },
	{ "a guest finds no SVE and no SME", hidden },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
