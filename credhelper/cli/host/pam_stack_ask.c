/*
 * Questions about a PAM stack that was read: where is a module, does it refuse, can it be
 * overruled, who passes without being asked? Looks at the actions of each line; runs no module.
 */
#include "pam_stack.h"

#include <string.h>

#include "text.h"

#include "banned.h"

size_t sf_pam_stack_find(
    const struct sf_pam_stack *stack, enum sf_pam_stack_phase phase, const char *module)
{
	size_t i = 0;

	while (i < stack->count &&
	       (stack->lines[i].phase != phase || strcmp(stack->lines[i].module, module) != 0))
		i++;
	return i;
}

bool sf_pam_stack_refuses(const struct sf_pam_stack_line *line)
{
	for (size_t i = SF_PAM_STACK_AUTH_ERR; i < SF_PAM_STACK_VALUE_COUNT; i++) {
		if (line->actions[i] != SF_PAM_STACK_BAD && line->actions[i] != SF_PAM_STACK_DIE)
			return false;
	}
	return true;
}

/*
 * Can the line at `from` jump over the one at `to`? Linux-PAM counts the lines of the phase and
 * takes a whole substack for one step.
 */
static bool jumps_over(const struct sf_pam_stack *stack, size_t from, size_t to)
{
	const struct sf_pam_stack_line *line = &stack->lines[from];
	unsigned steps = 0, inside = line->substack;

	for (size_t i = from + 1; i <= to; i++) {
		const struct sf_pam_stack_line *next = &stack->lines[i];

		if (next->phase != line->phase)
			continue;
		steps += next->substack == line->substack || next->substack != inside;
		inside = next->substack;
	}
	return line->jump >= steps;
}

/*
 * A done inside a substack ends only the substack, so other substacks are skipped. After a die
 * nothing can reset the result: the phase is over.
 */
size_t sf_pam_stack_overruled(const struct sf_pam_stack *stack, size_t at, size_t from)
{
	const struct sf_pam_stack_line *line = &stack->lines[at];
	const bool dies = line->actions[SF_PAM_STACK_AUTH_ERR] == SF_PAM_STACK_DIE;
	size_t i = from;

	for (; i < stack->count; i++) {
		const struct sf_pam_stack_line *other = &stack->lines[i];
		if (i == at || other->phase != line->phase ||
		    (other->substack != 0 && other->substack != line->substack))
			continue;
		if (i < at ? other->actions[SF_PAM_STACK_SUCCESS] == SF_PAM_STACK_DONE ||
				 (other->jump > 0 && jumps_over(stack, i, at))
			   : other->resets && !dies)
			break;
	}
	return i;
}

size_t sf_pam_stack_arguments(const struct sf_pam_stack_line *line,
    char copy[static SF_PAM_STACK_ARGS_SIZE], const char **ret_words, size_t max)
{
	char *at = copy;
	size_t count = 0;

	memcpy(copy, line->arguments, SF_PAM_STACK_ARGS_SIZE);
	for (at += strspn(at, " \t"); *at != '\0' && count < max; at += strspn(at, " \t")) {
		const char *end = *at == '[' ? "]" : " \t";

		at += *at == '[';
		ret_words[count++] = at;
		at += strcspn(at, end);
		if (*at != '\0')
			*at++ = '\0';
	}
	return count;
}

/* --- Who passes without being asked --- */

/* The states of a phase while it runs, as bits: several are possible at each line. */
enum { UNDECIDED = 1, PASSING = 2, FAILING = 4 };

/* Can the module return this value without asking for anything? */
static bool can_return(const char *module, enum sf_pam_stack_value value)
{
	static const char *const facts[] = {"pam_access.so", "pam_cap.so", "pam_echo.so",
	    "pam_env.so", "pam_faildelay.so", "pam_faillock.so", "pam_group.so", "pam_issue.so",
	    "pam_keyinit.so", "pam_lastlog.so", "pam_listfile.so", "pam_localuser.so",
	    "pam_mail.so", "pam_motd.so", "pam_nologin.so", "pam_permit.so", "pam_securetty.so",
	    "pam_shells.so", "pam_succeed_if.so", "pam_time.so", "pam_warn.so", "pam_wheel.so"};

	if (strcmp(module, "pam_sfoauth.so") == 0)
		return value == SF_PAM_STACK_USER_UNKNOWN;
	for (size_t i = 0; i < SF_COUNT(facts); i++)
		if (strcmp(module, facts[i]) == 0)
			return value == SF_PAM_STACK_SUCCESS ||
			       (value == SF_PAM_STACK_AUTH_ERR &&
				   strcmp(module, "pam_permit.so") != 0);
	return value != SF_PAM_STACK_SUCCESS;
}

/* The first line behind `at` that is not in this substack; for a line in none, the end. */
static size_t end_of_substack(const struct sf_pam_stack *stack, size_t at)
{
	size_t i = at + 1;

	while (i < stack->count && (stack->lines[at].substack == 0 ||
				       stack->lines[i].substack == stack->lines[at].substack))
		i++;
	return i;
}

/*
 * The line that the jump of line `at` leads to; stack->count is the end of the phase, and one more
 * means that the phase has too few lines, which Linux-PAM treats as a failure.
 */
static size_t target_of_jump(const struct sf_pam_stack *stack, size_t at)
{
	const struct sf_pam_stack_line *line = &stack->lines[at];
	unsigned left = line->jump, inside = line->substack;

	for (size_t i = at + 1; i < stack->count; i++) {
		const struct sf_pam_stack_line *next = &stack->lines[i];

		if (next->phase != line->phase)
			continue;
		if (next->substack == line->substack || next->substack != inside) {
			if (left == 0)
				return i;
			left--;
		}
		inside = next->substack;
	}
	return stack->count + (left > 0);
}

/* Run line `at` with the states in reached[at]; adds what can follow to the later lines. */
static void run_line(const struct sf_pam_stack *stack, size_t at, unsigned char *reached)
{
	const struct sf_pam_stack_line *line = &stack->lines[at];

	for (size_t v = 0; v < SF_PAM_STACK_VALUE_COUNT; v++) {
		const bool succeeds = v == SF_PAM_STACK_SUCCESS;
		const unsigned char now = reached[at];
		const unsigned char ok =
		    (unsigned char)((now & FAILING) |
				    (now & (UNDECIDED | PASSING) ? (succeeds ? PASSING : FAILING)
								 : 0));
		size_t to;

		if (!can_return(line->module, (enum sf_pam_stack_value)v))
			continue;
		switch (line->actions[v]) {
		case SF_PAM_STACK_BAD:
			reached[at + 1] |= FAILING;
			break;
		case SF_PAM_STACK_DIE:
			reached[end_of_substack(stack, at)] |= FAILING;
			break;
		case SF_PAM_STACK_IGNORE:
			reached[at + 1] |= now;
			break;
		case SF_PAM_STACK_OK:
			reached[at + 1] |= ok;
			break;
		case SF_PAM_STACK_DONE:
			reached[end_of_substack(stack, at)] |= ok & PASSING;
			reached[at + 1] |= ok & FAILING;
			break;
		case SF_PAM_STACK_RESET:
			reached[at + 1] |= UNDECIDED;
			break;
		case SF_PAM_STACK_JUMP:
			to = target_of_jump(stack, at);
			if (to <= stack->count)
				reached[to] |= now;
			break;
		}
	}
}

bool sf_pam_stack_lets_in_unasked(const struct sf_pam_stack *stack)
{
	unsigned char reached[SF_PAM_STACK_LINES_MAX + 1] = {UNDECIDED};

	for (size_t i = 0; i < stack->count; i++) {
		if (stack->lines[i].phase == SF_PAM_STACK_AUTH)
			run_line(stack, i, reached);
		else
			reached[i + 1] |= reached[i];
	}
	return (reached[stack->count] & PASSING) != 0;
}
