/* The text of a user_map, username_template, and which of them applies. Reads no file. */
#include "mapping.h"

#include <string.h>

#include "facts.h"
#include "text.h"

#include "banned.h"

#define USER_PLACEHOLDER "{user}"

bool sf_mapping_expand(const char *template_text, const char *name, char *ret, size_t size)
{
	const char *at = strstr(template_text, USER_PLACEHOLDER);
	struct sf_text text = sf_text_over(ret, size);

	return at && sf_text_is_printable(name) &&
	       sf_text_add_bytes(&text, template_text, (size_t)(at - template_text)) &&
	       sf_text_add(&text, name) && sf_text_add(&text, at + strlen(USER_PLACEHOLDER)) &&
	       sf_text_is_printable(ret);
}

/* Between name and id: a blank, or what spreadsheets and other files put there. */
#define MAP_SEPARATORS " \t=:,;"

static bool is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

/* The word at *at of a line that ends at end, up to one of stops; *at moves behind it. */
static size_t take_word(const char **at, const char *end, const char *stops)
{
	const char *start = *at;

	while (*at < end && !is_one_of(**at, stops))
		(*at)++;
	return (size_t)(*at - start);
}

static void skip(const char **at, const char *end, const char *set)
{
	while (*at < end && is_one_of(**at, set))
		(*at)++;
}

static bool copy_word(char *ret, size_t size, const char *word, size_t len)
{
	struct sf_text text = sf_text_over(ret, size);

	return !memchr(word, '\0', len) && sf_text_add_bytes(&text, word, len) &&
	       sf_text_is_printable(ret);
}

/* Why the id of a line is refused; NULL: it is not. */
static const char *flaw_of_id(const char *word, char ret_id[static SF_SFID_SIZE])
{
	if (sf_sfid_parse(word, "005", ret_id))
		return NULL;
	if (strchr(word, '@'))
		return "is a username; the map needs the user id (005...)";
	if (strncmp(word, "005", 3) != 0)
		return "is no user id: that begins with 005";
	if (strlen(word) == 18 && !strpbrk(word, "abcdefghijklmnopqrstuvwxyz"))
		return "has lost its small letters: copy the id from Salesforce again";
	return "is no user id: 15 characters, or 18 of which the last three fit the others";
}

static void refuse(struct sf_mapping_line *line, const char *flaw)
{
	struct sf_text text = SF_TEXT(line->flaw);

	(void)sf_text_add(&text, flaw);
}

/* One line. False: it is blank or a comment. */
static bool read_line(const char *line, const char *end, struct sf_mapping_line *ret)
{
	char word[SF_MAPPING_WORD_SIZE];
	const char *at = line, *flaw = NULL;

	if (end > line && end[-1] == '\r')
		end--;
	skip(&at, end, " \t");
	if (at == end || *at == '#')
		return false;
	line = at;
	if (!copy_word(ret->name, sizeof(ret->name), line, take_word(&at, end, MAP_SEPARATORS))) {
		flaw = "the name is too long or not printable ASCII";
		ret->name[0] = '\0';
	}
	skip(&at, end, MAP_SEPARATORS);
	line = at;
	if (!copy_word(word, sizeof(word), line, take_word(&at, end, " \t,;")) && !flaw)
		flaw = "there is no user id (005...) behind the name";
	skip(&at, end, " \t,;");
	if (!flaw && at < end && *at != '#')
		flaw = "something follows the id that is no comment (#)";
	if (flaw) {
		refuse(ret, flaw);
		return true;
	}
	flaw = flaw_of_id(word, ret->id);
	if (flaw) {
		struct sf_text text = SF_TEXT(ret->flaw);

		(void)sf_text_addf(&text, "'%s' %s", word, flaw);
	}
	return true;
}

bool sf_mapping_next(struct sf_mapping_reader *reader, struct sf_mapping_line *ret_line)
{
	static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, as Windows programs write it */

	while (reader->at < reader->len) {
		const char *line = reader->text + reader->at;
		const char *end = memchr(line, '\n', reader->len - reader->at);

		if (!end)
			end = reader->text + reader->len;
		reader->at = (size_t)(end - reader->text) + 1;
		if (reader->line_no++ == 0 && (size_t)(end - line) >= strlen(mark) &&
		    memcmp(line, mark, strlen(mark)) == 0)
			line += strlen(mark);
		*ret_line = (struct sf_mapping_line){.line_no = reader->line_no};
		if (read_line(line, end, ret_line))
			return true;
	}
	return false;
}

bool sf_mapping_find(const char *text, size_t len, const char *name,
    char ret_id[static SF_SFID_SIZE], struct sf_error *ret_flaw)
{
	struct sf_mapping_reader reader = {.text = text, .len = len};
	struct sf_mapping_line line;
	char found_id[SF_SFID_SIZE] = "";

	*ret_flaw = (struct sf_error){.code = SF_OK};
	while (sf_mapping_next(&reader, &line)) {
		if (line.name[0] == '\0' || strcmp(line.name, name) != 0)
			continue;
		if (line.flaw[0] != '\0')
			(void)SF_FAIL(ret_flaw, SF_E_CONFIG, 0, "user_map line %u: %s",
			    line.line_no, line.flaw);
		else if (found_id[0] != '\0' && strcmp(found_id, line.id) != 0)
			(void)SF_FAIL(ret_flaw, SF_E_CONFIG, 0,
			    "user_map line %u: the name has another id in a line before",
			    line.line_no);
		else
			memcpy(found_id, line.id, sizeof(found_id));
	}
	if (found_id[0] == '\0' || ret_flaw->code != SF_OK)
		return false;
	memcpy(ret_id, found_id, sizeof(found_id));
	return true;
}

/* The username that the policy's template makes for an account. False: see sf_mapping_expand. */
static bool expand_for(const struct sf_pam *policy, const struct sf_account *account,
    char ret[static SF_FACTS_NAME_SIZE])
{
	return sf_mapping_expand(policy->username_template, account->name, ret, SF_FACTS_NAME_SIZE);
}

bool sf_mapping_has(const struct sf_pam *policy, const struct sf_account *account)
{
	char wanted[SF_FACTS_NAME_SIZE];

	if (policy->user_map[0] != '\0')
		return account->mapped_id;
	return expand_for(policy, account, wanted);
}

bool sf_mapping_fits(const struct sf_pam *policy, const struct sf_account *account,
    const char *user_id, const char *username)
{
	char wanted[SF_FACTS_NAME_SIZE];

	if (policy->user_map[0] != '\0')
		return account->mapped_id && strcmp(account->mapped_id, user_id) == 0;
	/* Salesforce does not distinguish usernames by case. */
	return expand_for(policy, account, wanted) && sf_text_equal_nocase(wanted, username);
}
