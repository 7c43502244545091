/* Secrets: capacity, copy, comparison, and that clearing and freeing wipe the bytes. */
#include "secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

/* In the place of libc's: does the same, and notes what was wiped last. */
static struct {
	const void *memory;
	size_t size;
	char first; /* byte before it was wiped */
} wiped;

/* Not inlined: libc declares that the memory is only written. */
__attribute__((noinline)) static void wipe_and_note(void *memory, size_t size)
{
	volatile char *at = memory;

	wiped.memory = memory;
	wiped.size = size;
	wiped.first = size > 0 ? at[0] : '\0';
	for (size_t i = 0; i < size; i++)
		at[i] = '\0';
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

static void a_new_secret_is_empty_and_takes_its_capacity_and_no_more(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = sf_secret_new(4);

	(void)state;
	assert_non_null(secret);
	assert_int_equal(sf_secret_len(secret), 0);
	assert_string_equal(sf_secret_reveal(secret), "");
	assert_true(sf_secret_add(secret, "ab", 2));
	assert_false(sf_secret_add(secret, "cde", 3));
	assert_string_equal(sf_secret_reveal(secret), "ab");
	assert_true(sf_secret_add_text(secret, "cd"));
	assert_string_equal(sf_secret_reveal(secret), "abcd");
	assert_false(sf_secret_add_text(secret, "e"));
	assert_true(sf_secret_add(secret, NULL, 0));
	assert_int_equal(sf_secret_len(secret), 4);
}

static void an_impossible_capacity_gives_nothing(void **state)
{
	(void)state;
	assert_null(sf_secret_new(SIZE_MAX));
	assert_null(sf_secret_new(SIZE_MAX - 1));
}

static void a_copy_holds_the_same_bytes_and_lives_on(void **state)
{
	struct sf_secret *secret = sf_secret_from("a\0b", 3);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *copy = sf_secret_copy(secret);

	(void)state;
	assert_non_null(copy);
	assert_null(sf_secret_free(secret));
	assert_int_equal(sf_secret_len(copy), 3);
	assert_memory_equal(sf_secret_reveal(copy), "a\0b", 4);
	assert_null(sf_secret_copy(NULL));
}

static void an_absent_secret_is_never_added(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = sf_secret_new(6);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *other = sf_secret_from("abc", 3);

	(void)state;
	assert_true(sf_secret_add_secret(secret, other));
	assert_true(sf_secret_add_secret(secret, secret));
	assert_string_equal(sf_secret_reveal(secret), "abcabc");
	assert_false(sf_secret_add_secret(secret, NULL));
	assert_false(sf_secret_add_secret(secret, other));
}

static void only_equal_bytes_of_equal_length_are_equal(void **state)
{
	static const struct {
		const char *a, *b;
		bool is_equal;
	} rows[] = {
	    {"", "", true},
	    {"abc", "abc", true},
	    {"abc", "abd", false},
	    {"abc", "xbc", false},
	    {"abc", "ab", false},
	    {"ab", "abc", false},
	    {"", "a", false},
	    {"a", "", false},
	    {"aaaa", "a", false},
	};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_secret_freep)
		struct sf_secret *a = sf_secret_from(rows[i].a, strlen(rows[i].a));
		SF_CLEANUP(sf_secret_freep)
		struct sf_secret *b = sf_secret_from(rows[i].b, strlen(rows[i].b));

		assert_int_equal(sf_secret_equal(a, b), rows[i].is_equal);
		assert_false(sf_secret_equal(a, NULL));
		assert_false(sf_secret_equal(NULL, b));
	}
	assert_false(sf_secret_equal(NULL, NULL));
}

static void an_absent_secret_reads_as_empty(void **state)
{
	(void)state;
	assert_int_equal(sf_secret_len(NULL), 0);
	assert_string_equal(sf_secret_reveal(NULL), "");
	assert_null(sf_secret_free(NULL));
}

static void clearing_wipes_the_bytes_and_keeps_the_capacity(void **state)
{
	SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = sf_secret_from("abcd", 4);
	const char *bytes = sf_secret_reveal(secret);

	(void)state;
	sf_secret_clear(secret);
	assert_int_equal(sf_secret_len(secret), 0);
	assert_memory_equal(bytes, "\0\0\0\0", 5);
	assert_true(sf_secret_add_text(secret, "wxyz"));
}

static void freeing_wipes_the_bytes(void **state)
{
	struct sf_secret *secret = sf_secret_from("hush", 4);
	const void *bytes = sf_secret_reveal(secret);

	(void)state;
	wiped.memory = NULL;
	errno = ENXIO;
	sf_secret_freep(&secret);
	assert_null(secret);
	assert_ptr_equal(wiped.memory, bytes);
	assert_int_equal(wiped.size, 4);
	assert_int_equal(wiped.first, 'h');
	assert_int_equal(errno, ENXIO);
}

static int pipe_with(const char *bytes, size_t len)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], bytes, len), len);
	close(ends[1]);
	return ends[0];
}

static void reading_takes_everything_up_to_the_limit(void **state)
{
	static const struct {
		size_t max;
		bool fits;
	} rows[] = {{0, false}, {5, false}, {6, true}, {7, true}, {4096, true}};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		int fd = pipe_with("abcdef", 6);
		SF_CLEANUP(sf_secret_freep)
		struct sf_secret *secret = sf_secret_read(fd, rows[i].max);

		if (rows[i].fits) {
			assert_non_null(secret);
			assert_string_equal(sf_secret_reveal(secret), "abcdef");
		} else {
			assert_null(secret);
			assert_int_equal(errno, E2BIG);
		}
		close(fd);
	}
}

static void reading_nothing_gives_an_empty_secret_and_a_bad_descriptor_none(void **state)
{
	int fd = pipe_with("", 0);
	SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = sf_secret_read(fd, 10);

	(void)state;
	assert_non_null(secret);
	assert_int_equal(sf_secret_len(secret), 0);
	close(fd);
	assert_null(sf_secret_read(-1, 10));
	assert_int_equal(errno, EBADF);
}

/* The other end stays open: reading on would never end. Each packet is a read of its own. */
static void a_paragraph_ends_at_its_empty_line_not_at_the_end_of_the_input(void **state)
{
	static const char *const rows[][3] = {
	    {"a=b\n\n"}, {"a=b\n", "\n"}, {"a=b", "\n\n"}, {"\n"}, {"a\nb\n", "c\n", "\n"}};

	(void)state;
	for (size_t i = 0; i < SF_COUNT(rows); i++) {
		SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = NULL;
		char wanted[32];
		struct sf_text text = SF_TEXT(wanted);
		int ends[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
		for (size_t k = 0; k < SF_COUNT(rows[i]) && rows[i][k]; k++) {
			const size_t len = strlen(rows[i][k]);

			assert_int_equal(write(ends[1], rows[i][k], len), len);
			assert_true(sf_text_add(&text, rows[i][k]));
		}
		alarm(10);
		secret = sf_secret_read_paragraph(ends[0], 4096);
		alarm(0);
		assert_non_null(secret);
		assert_string_equal(sf_secret_reveal(secret), wanted);
		close(ends[0]);
		close(ends[1]);
	}
}

static void wiping_clears_every_byte(void **state)
{
	char bytes[] = "abc";

	(void)state;
	sf_secret_wipe(bytes, 2);
	assert_memory_equal(bytes, "\0\0c", 4);
	sf_secret_wipe(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_secret_is_empty_and_takes_its_capacity_and_no_more),
	    cmocka_unit_test(an_impossible_capacity_gives_nothing),
	    cmocka_unit_test(a_copy_holds_the_same_bytes_and_lives_on),
	    cmocka_unit_test(an_absent_secret_is_never_added),
	    cmocka_unit_test(only_equal_bytes_of_equal_length_are_equal),
	    cmocka_unit_test(an_absent_secret_reads_as_empty),
	    cmocka_unit_test(clearing_wipes_the_bytes_and_keeps_the_capacity),
	    cmocka_unit_test(freeing_wipes_the_bytes),
	    cmocka_unit_test(reading_takes_everything_up_to_the_limit),
	    cmocka_unit_test(reading_nothing_gives_an_empty_secret_and_a_bad_descriptor_none),
	    cmocka_unit_test(a_paragraph_ends_at_its_empty_line_not_at_the_end_of_the_input),
	    cmocka_unit_test(wiping_clears_every_byte),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
