/* Finds a program by its name, as a shell does. Starts nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "attr.h"

#define SF_PROGRAM_SIZE 4096 /* of a path */

/*
 * Write the path of the program to ret: a name with a slash as it is, any other from PATH. False:
 * there is no such file that may be executed, or the path does not fit.
 */
SF_CHECKED bool sf_program_find(const char *name, char *ret, size_t size);
