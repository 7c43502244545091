/*
 * Compiler attributes that carry our rules: scope-bound cleanup, hand-over of ownership,
 * results that may not be ignored, formats that are checked.
 */
#pragma once

/* Run fn(&variable) when the variable goes out of scope. Pair with sf_X_freep or sf_fd_closep. */
#define SF_CLEANUP(fn) __attribute__((cleanup(fn)))

/*
 * The value of the pointer variable p, which is NULL from then on: ownership moves to the
 * reader.
 */
#define SF_TAKE(p)                                                                                 \
	(__extension__({                                                                           \
		__typeof__(p) *sf_take_from = &(p);                                                \
		__typeof__(p) sf_taken = *sf_take_from;                                            \
		*sf_take_from = NULL;                                                              \
		sf_taken;                                                                          \
	}))

/* The descriptor in the variable fd, which is -1 from then on. */
#define SF_TAKE_FD(fd)                                                                             \
	(__extension__({                                                                           \
		int *sf_take_from = &(fd);                                                         \
		int sf_taken = *sf_take_from;                                                      \
		*sf_take_from = -1;                                                                \
		sf_taken;                                                                          \
	}))

#define SF_CHECKED             __attribute__((warn_unused_result))
#define SF_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define SF_EXPORT              __attribute__((visibility("default")))
#define SF_COUNT(array)        (sizeof(array) / sizeof((array)[0]))
