/*
 * Fuzzes the listener's HTTP parser with any bytes. The result must not depend on how they are cut
 * into pieces. A complete request must have a path and a host, and point into the bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "callback_request.h"

#include "banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void require_inside(const char *part, size_t len, const char *bytes, size_t size)
{
	require(part >= bytes && len <= size && (size_t)(part - bytes) <= size - len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct sf_callback_request visit = {.is_get = false};
	enum sf_callback_request_state whole = SF_CALLBACK_REQUEST_MORE;

	if (size > SF_CALLBACK_REQUEST_HEAD_MAX)
		return 0;
	/* As it comes: what is decided once stays so. */
	for (size_t len = 0; len <= size && whole == SF_CALLBACK_REQUEST_MORE; len++)
		whole = sf_callback_request_read(bytes, len, &visit);
	require(sf_callback_request_read(bytes, size, &visit) == whole);
	if (whole != SF_CALLBACK_REQUEST_WHOLE)
		return 0;
	require(!visit.is_get || !visit.is_options);
	require(visit.path_len > 0 && visit.path[0] == '/');
	require(!memchr(visit.path, '?', visit.path_len));
	require(!memchr(visit.path, '\0', visit.path_len + visit.query_len));
	require_inside(visit.path, visit.path_len, bytes, size);
	require_inside(visit.query, visit.query_len, bytes, size);
	require_inside(visit.host, visit.host_len, bytes, size);
	return 0;
}
