/*
 * Fuzzes the classification of replies with any bytes as a body. The class must be a row of
 * reply_class.def, and must never allow more than the status and `error` do. The input is CALL
 * STATUS TYPE, as in "p400j", a line end, and the body.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "reply_class.h"
#include "text.h"

#include "banned.h"

#define HEAD_LEN 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static enum sf_call call_of(char letter)
{
	static const char letters[] = "sprdugvwcajli";
	const char *at = strchr(letters, letter);

	return at && *at ? (enum sf_call)(1 << (at - letters)) : SF_ON_POLL;
}

static void require_answer(
    enum sf_call call, const struct sf_http_reply *reply, const struct sf_reply_class *answer)
{
	bool is_fine = reply->status >= 200 && reply->status <= 299;

	require(answer->status == reply->status && answer->row && answer->row[0] != '\0');
	require(strlen(answer->row) < SF_REPLY_CLASS_ROW_SIZE);
	/* Something failed, or it is done: never both, never neither. A dead token is revoked. */
	require((answer->next == SF_NEXT_GO_ON) ==
		(answer->failure == SF_OK || strcmp(answer->row, "already_dead") == 0));
	require(answer->error[0] == '\0' ||
		strspn(answer->error, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789-_") == strlen(answer->error));
	if (answer->next == SF_NEXT_GO_ON)
		require(is_fine || call == SF_ON_REVOKE);
	/* A page is never a wrong password, and 5xx never ends anything. */
	if (reply->is_html || reply->status >= 500)
		require(answer->failure != SF_E_DENIED && answer->failure != SF_E_SIGN_IN_NEEDED &&
			answer->failure != SF_E_EXPIRED);
	/* Only this says that a refresh token is dead. */
	if (answer->next == SF_NEXT_DEAD)
		require(call == SF_ON_REFRESH && reply->status == 400 && !reply->is_html &&
			(strcmp(answer->error, "invalid_grant") == 0 ||
			    strcmp(answer->error, "inactive_user") == 0 ||
			    strcmp(answer->error, "inactive_org") == 0));
	if (call == SF_ON_REFRESH && answer->failure == SF_E_SIGN_IN_NEEDED)
		require(answer->next == SF_NEXT_DEAD);
	if (answer->next == SF_NEXT_WAIT || answer->next == SF_NEXT_SLOW_DOWN)
		require(call == SF_ON_POLL && reply->status == 400 && answer->error[0] != '\0');
}

/* The same bytes as a callback's: a failure in any case, and for good or until later. */
static void require_words(const char *words)
{
	struct sf_reply_class answer;

	sf_reply_class_of_words(SF_ON_AUTHORIZE, words, words, &answer);
	require(answer.next == SF_NEXT_STOP || answer.next == SF_NEXT_RETRY);
	require(answer.failure != SF_OK && answer.failure != SF_E_SIGN_IN_NEEDED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SF_CLEANUP(sf_json_freep) struct sf_json *json = NULL;
	SF_CLEANUP(sf_http_reply_clear) struct sf_http_reply reply = {0};
	struct sf_reply_class answer;
	struct sf_error e;
	char digits[4] = "";
	uint32_t status = 0;

	if (size < HEAD_LEN || data[HEAD_LEN - 1] != '\n')
		return 0;
	memcpy(digits, data + 1, 3);
	if (!sf_text_u32(digits, 100, 599, &status))
		return 0;
	reply.status = status;
	reply.is_html = data[4] == 'h';
	reply.body = sf_secret_from(data + HEAD_LEN, size - HEAD_LEN);

	enum sf_call call = call_of((char)data[0]);

	if (!reply.body || sf_reply_class_read(call, &reply, &answer, &json, &e) != SF_OK)
		return 0;
	require_answer(call, &reply, &answer);
	require_words(sf_secret_reveal(reply.body));
	require(!json || (answer.next == SF_NEXT_GO_ON && sf_json_is_object(json)));
	if (answer.next == SF_NEXT_GO_ON && call != SF_ON_REVOKE && call != SF_ON_GET)
		require(json && !reply.is_html);
	if (answer.next != SF_NEXT_GO_ON) {
		char words[SF_REPLY_CLASS_WORDS_SIZE];

		sf_reply_class_words(&answer, words);
		require(sf_text_is_printable(words));
		require(
		    sf_reply_class_fail(&answer, &e) == answer.failure && e.code == answer.failure);
		for (const char *at = e.detail; *at; at++)
			require((unsigned char)*at >= 0x20 && *at != 0x7f);
	}
	return 0;
}
