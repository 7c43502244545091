/*
 * struct sf_ui over frames: the process at the other end of descriptor 3 talks to the person.
 */
#pragma once

#include <stdint.h>

#include "attr.h"
#include "ui.h"

struct sf_ui_wire {
	struct sf_ui ui; /* for flows */
	int fd;
	int64_t deadline_ms; /* clock.h: for each frame */
};

/* Fill *ret_ui. It points into itself, so it must not be moved or copied. */
void sf_ui_wire_open(int fd, int64_t deadline_ms, struct sf_ui_wire *ret_ui);
