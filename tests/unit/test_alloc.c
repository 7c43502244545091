/* The allocator that wipes: alignment, growth, failure, and no old bytes in a freed block. */
#include "alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdalign.h>
#include <string.h>

#include <cmocka.h>

#include "attr.h"

#include "banned.h"

/* In the place of libc's: does the same, and notes what was wiped last. */
static struct {
	const void *memory;
	size_t size;
	char bytes[64];
} wiped;

/* Not inlined: libc declares that the memory is only written. */
__attribute__((noinline)) static void wipe_and_note(void *memory, size_t size)
{
	volatile char *at = memory;

	wiped.memory = memory;
	wiped.size = size;
	for (size_t i = 0; i < size; i++) {
		if (i < sizeof(wiped.bytes))
			wiped.bytes[i] = at[i];
		at[i] = '\0';
	}
}

void explicit_bzero(void *memory, size_t size)
{
	wipe_and_note(memory, size);
}

/* The name that fortified headers give it. */
void __explicit_bzero_chk(void *memory, size_t size, size_t object_size);
void __explicit_bzero_chk(void *memory, size_t size, size_t object_size)
{
	(void)object_size;
	wipe_and_note(memory, size);
}

static void a_block_is_aligned_and_all_of_it_is_usable(void **state)
{
	(void)state;
	for (size_t size = 0; size < 100; size++) {
		char *memory = sf_alloc_malloc(size);

		assert_non_null(memory);
		assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
		memset(memory, 'x', size);
		sf_alloc_free(memory);
	}
}

static void freeing_wipes_the_whole_block(void **state)
{
	char *memory = sf_alloc_strdup("hush");

	(void)state;
	assert_string_equal(memory, "hush");
	sf_alloc_free(memory);
	assert_int_equal(wiped.size, 5);
	assert_string_equal(wiped.bytes, "hush");
	sf_alloc_free(NULL);
}

static void growth_and_shrinkage_copy_and_wipe_the_old_block(void **state)
{
	static const size_t sizes[] = {40, 4, 9};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(sizes); i++) {
		char *old = sf_alloc_strdup("password"), *new;
		const void *old_address = old;

		new = sf_alloc_realloc(old, sizes[i]);
		assert_non_null(new);
		assert_ptr_not_equal(new, old_address);
		assert_memory_equal(new, "password", sizes[i] < 9 ? sizes[i] : 9);
		assert_ptr_equal(wiped.memory, old_address);
		assert_int_equal(wiped.size, 9);
		assert_string_equal(wiped.bytes, "password");
		sf_alloc_free(new);
		assert_int_equal(wiped.size, sizes[i]);
	}
}

static void reallocating_nothing_or_to_nothing_is_as_in_malloc(void **state)
{
	char *memory = sf_alloc_realloc(NULL, 8);

	(void)state;
	assert_non_null(memory);
	wiped.memory = NULL;
	assert_null(sf_alloc_realloc(memory, 0));
	assert_int_equal(wiped.size, 8);
}

static void a_request_that_fails_leaves_the_old_block_alone(void **state)
{
	char *memory = sf_alloc_strdup("kept");

	(void)state;
	assert_null(sf_alloc_realloc(memory, SIZE_MAX));
	assert_null(sf_alloc_realloc(memory, SIZE_MAX - 8));
	assert_string_equal(memory, "kept");
	sf_alloc_free(memory);
}

static void calloc_zeroes_and_refuses_what_overflows(void **state)
{
	static const char zeroes[30];
	char *memory = sf_alloc_calloc(3, 10);

	(void)state;
	assert_memory_equal(memory, zeroes, sizeof(zeroes));
	sf_alloc_free(memory);
	assert_null(sf_alloc_calloc(SIZE_MAX / 2, 3));
	assert_null(sf_alloc_calloc(2, SIZE_MAX / 2 + 1));
	assert_null(sf_alloc_malloc(SIZE_MAX));
}

static void the_shapes_for_libcrypto_are_the_same_allocator(void **state)
{
	char *memory = sf_alloc_crypto_malloc(4, "file.c", 1);

	(void)state;
	memcpy(memory, "key", 4);
	memory = sf_alloc_crypto_realloc(memory, 400, "file.c", 2);
	assert_string_equal(memory, "key");
	assert_string_equal(wiped.bytes, "key");
	sf_alloc_crypto_free(memory, "file.c", 3);
	assert_int_equal(wiped.size, 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_block_is_aligned_and_all_of_it_is_usable),
	    cmocka_unit_test(freeing_wipes_the_whole_block),
	    cmocka_unit_test(growth_and_shrinkage_copy_and_wipe_the_old_block),
	    cmocka_unit_test(reallocating_nothing_or_to_nothing_is_as_in_malloc),
	    cmocka_unit_test(a_request_that_fails_leaves_the_old_block_alone),
	    cmocka_unit_test(calloc_zeroes_and_refuses_what_overflows),
	    cmocka_unit_test(the_shapes_for_libcrypto_are_the_same_allocator),
	};

	return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
