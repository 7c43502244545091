/*
 * Compiler attributes that enforce the rules of this code: cleanup at the end of a scope, transfer
 * of ownership, results that must be used, checked formats.
 */
#pragma once

/* Run fn(&variable) when the variable goes out of scope. Pair with sf_X_freep or sf_fd_closep. */
#define SF_CLEANUP(fn) __attribute__((cleanup(fn)))

/*
 * Yields the value of the pointer variable p and sets p to NULL. Ownership moves to the caller, so
 * that SF_CLEANUP of p frees nothing.
 */
#define SF_TAKE(p)                                                                                 \
	(__extension__({                                                                           \
		__typeof__(p) *sf_take_from = &(p);                                                \
		__typeof__(p) sf_taken = *sf_take_from;                                            \
		*sf_take_from = NULL;                                                              \
		sf_taken;                                                                          \
	}))

/* Yields the descriptor in the variable fd and sets fd to -1. Ownership moves to the caller. */
#define SF_TAKE_FD(fd)                                                                             \
	(__extension__({                                                                           \
		int *sf_take_from = &(fd);                                                         \
		int sf_taken = *sf_take_from;                                                      \
		*sf_take_from = -1;                                                                \
		sf_taken;                                                                          \
	}))

/*
 * CHECKED: the result must be used. PRINTF: text and first are the numbers of the format parameter
 * and of its first argument. EXPORT: visible outside a shared object. COUNT: elements of an array.
 */
#define SF_CHECKED             __attribute__((warn_unused_result))
#define SF_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define SF_EXPORT              __attribute__((visibility("default")))
#define SF_COUNT(array)        (sizeof(array) / sizeof((array)[0]))
