/*
 * struct sf_ui over frames: the person is on the other side of descriptor 3.
 */
#pragma once

#include <stdint.h>

#include "attr.h"
#include "ui.h"

struct sf_ui_wire {
	struct sf_ui ui; /* hand this to flows */
	int fd;
	int64_t deadline_ms;
};

/* Fill *ret_ui; it points into itself, so it stays where it is. */
void sf_ui_wire_open(int fd, int64_t deadline_ms, struct sf_ui_wire *ret_ui);
