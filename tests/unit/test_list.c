/* A list keeps copies, in order. */
#include "list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

#include "banned.h"

static void a_list_keeps_copies_in_order(void **state)
{
	struct sf_list list = {NULL, 0};
	char item[16];

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		struct sf_text text = SF_TEXT(item);

		assert_true(sf_text_addf(&text, "item-%u", i));
		assert_true(sf_list_add(&list, item));
	}
	assert_int_equal(list.count, 100);
	assert_string_equal(list.items[0], "item-0");
	assert_string_equal(list.items[99], "item-99");
	assert_true(sf_list_has(&list, "item-50"));
	assert_false(sf_list_has(&list, "Item-50"));
	assert_false(sf_list_has(&list, "item-"));
	sf_list_clear(&list);
	assert_int_equal(list.count, 0);
	assert_null(list.items);
	sf_list_clear(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_keeps_copies_in_order),
	};

	return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
