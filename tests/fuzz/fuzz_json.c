/*
 * Fuzzes the JSON parser with any bytes. It must refuse them, or return a value on which every
 * getter is safe.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "json.h"

#include "banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const keys[] = {"a", "id", "error", "custom_permissions", "issued_at"};
	SF_CLEANUP(sf_secret_freep) struct sf_secret *body = sf_secret_from(data, size);
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	struct sf_error e;

	if (!body || sf_json_parse(body, &json, &e) != SF_OK)
		return 0;

	const struct sf_json *object = sf_json_first(json) ? sf_json_first(json) : json;

	for (size_t i = 0; sf_json_is_object(object) && i < SF_COUNT(keys); i++) {
		SF_CLEANUP(sf_secret_freep) struct sf_secret *secret = NULL;
		const struct sf_json *child = NULL;
		enum sf_given given = SF_GIVEN_ABSENT;
		uint64_t number = 5;
		char text[16];

		if (sf_json_number(object, keys[i], (struct sf_json_range){.min = 2, .max = 1000},
			&number, &e) == SF_OK &&
		    (number < 2 || number > 1000))
			abort();
		if (sf_json_text(object, keys[i], text, sizeof(text), &e) == SF_OK &&
		    sf_json_secret(object, keys[i], 64, &secret, &e) == SF_OK &&
		    sf_secret_len(secret) > 64)
			abort();
		if (sf_json_flag(object, keys[i], &given, &e) != SF_OK &&
		    sf_json_object(object, keys[i], &child, &e) == SF_OK && child)
			(void)sf_json_true_key(child, 1);
	}
	return 0;
}
