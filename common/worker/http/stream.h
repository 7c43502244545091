/* Descriptors whose other end may be slow or closed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"

/*
 * Write all len bytes before deadline_ms (clock.h). False: errno has the reason, for example
 * ETIMEDOUT or EPIPE; a part may be written.
 */
SF_CHECKED bool sf_stream_write(int fd, int64_t deadline_ms, const char *bytes, size_t len);

/* Has the other end of a socket or pipe hung up, even if there are frames to read? No for fd -1. */
bool sf_stream_has_hung_up(int fd);
