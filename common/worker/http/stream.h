/* Descriptors with somebody at the other end, who may be slow, or gone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"

/* All len bytes before deadline_ms (clock.h). False: errno is ETIMEDOUT, EPIPE or another. */
SF_CHECKED bool sf_stream_write(int fd, int64_t deadline_ms, const char *bytes, size_t len);

/* Has the other end of a socket or pipe hung up, even where frames wait to be read? -1: no. */
bool sf_stream_has_hung_up(int fd);
