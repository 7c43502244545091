/*
 * Fuzzes the parser of REST records with any bytes. It must refuse them, or return records whose
 * next page is a path of the API.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "origin.h"
#include "json_out.h"
#include "rest_records.h"

#include "banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SF_CLEANUP(sf_json_out_freep) struct sf_json_out *out = NULL;
	SF_CLEANUP(sf_rest_records_freep) struct sf_rest_records *records = NULL;
	char *text = malloc(size + 1);
	struct sf_error e;
	enum sf_err r;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	r = sf_rest_records_parse(text, size, &records, &e);
	free(text);
	if (r != SF_OK)
		return 0;

	const char *next = sf_rest_records_next(records);

	if (next && (strncmp(next, "/services/data/v", 16) != 0 || strlen(next) >= SF_URL_MAX ||
			strpbrk(next, " \r\n\t") || strstr(next, "/..")))
		abort();
	(void)sf_rest_records_total(records);
	for (size_t i = 0; i <= sf_rest_records_count(records) && i < 3; i++)
		(void)sf_rest_records_text(records, i, "Id");
	out = sf_json_out_new();
	sf_rest_records_move(records, out, "records");
	if (sf_rest_records_count(records) != 0)
		abort();
	return 0;
}
