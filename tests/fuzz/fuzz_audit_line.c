/*
 * Fuzzes the parser of audit lines with any bytes as a log line. It must refuse the line, or return
 * fields without characters that could control a terminal, which can be put into a sentence.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit_log.h"
#include "audit_line.h"
#include "text.h"

#include "banned.h"

#define WORDS_SIZE 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char sentence[WORDS_SIZE], remedy[WORDS_SIZE];
	struct sf_text s = SF_TEXT(sentence), r = SF_TEXT(remedy);
	struct sf_audit_log_entry entry;
	char ref[SF_AUDIT_LINE_REF_SIZE], *line = malloc(size + 1);

	if (!line)
		return 0;
	memcpy(line, data, size);
	line[size] = '\0';
	if (sf_audit_line_ref(line, ref))
		require(ref[4] == '-' && strlen(ref) == SF_AUDIT_LINE_REF_SIZE - 1);
	if (sf_audit_log_line(line, &(struct sf_audit_log_query){.ref = "7K3F-Q2PD"}, &entry)) {
#define X(name)                                                                                    \
	require(entry.audit.name[0] != '\0' &&                                                     \
		sf_text_is_clean(entry.audit.name, strlen(entry.audit.name)));
		SF_AUDIT_LINE_FIELDS(X)
#undef X
		require(sf_audit_line_words(&entry.audit, &s, &r));
		require(sentence[0] != '\0');
	}
	free(line);
	return 0;
}
