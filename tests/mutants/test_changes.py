#!/usr/bin/python3
"""What a row of the list means, and that it holds while the source is renamed and laid out anew. Prints TAP."""
import os
import sys
import tempfile

sys.dont_write_bytecode = True
import changes  # pylint: disable=wrong-import-position

SOURCE = """
static const struct row rows[] = {
    {A, B},
};
static bool may(const struct who *who, int uid)
{
	/* never mind: if (uid == 0) */
	if (who->st_uid == uid && is_fresh(&who->st, now()) && uid != 0)
		return fail(e, "uid %d", uid);
	if (who->mode | O_NOFOLLOW)
		log_it(who);
	return who->count > 0;
}
static bool other(int uid)
{
	return uid == 0;
}
"""
# The same after a day's work: names, lines and comments are others.
LATER = """
static const struct row rows[] = {{A, B}};
static bool may(const struct account *account,
    int id)
{
	if (account->st_uid == id &&
	    is_fresh(&account->st, now()) && /* in time */
	    id != 0) return fail(e, "user %d", id);
	if (account->mode | O_NOFOLLOW) log_it(account);
	return account->count > 0;
}
"""
# FUNCTION:CHANGE, and what the first source then says
CHANGES = [
    ("may:never _->st_uid == _", "if (false && is_fresh(&who->st, now()) && uid != 0)"),
    ("may:drop _->st_uid == _", "if (is_fresh(&who->st, now()) && uid != 0)"),
    ("may:drop is_fresh(...)", "if (who->st_uid == uid && uid != 0)"),
    ("may:drop _ != 0", "if (who->st_uid == uid && is_fresh(&who->st, now()))"),
    ("may:if ({never ...}) return", "if (false)"),
    ("may:_->st_uid {== -> !=} _", "if (who->st_uid != uid && is_fresh(&who->st, now()) && uid != 0)"),
    ('may:fail(e, "...", _) -> true', "return true;"),
    ("may:drop O_NOFOLLOW", "if (who->mode)"),
    ("may:drop log_it(_);", "; return who->count > 0;"),
    ("may:return {always _->count > 0};", "return true;"),
    ("may:add return true;", "{ return true; if (who"),
    ("rows:add {C, D},", "{ {C, D}, {A, B}"),
    ("may:drop O_NOFOLLOW AND other: always _ == 0", "return true; }"),
    ("may:{ -> grant(uid);} if (_->mode", "grant(uid); if (who->mode"),
]
WRONG = [
    ("x.c:nowhere:never _", "in no file at all"),
    ("y.c:may:never _->st_uid == _", None),
    ("x.c:may:never _->gid == _", "fits nothing there"),
    ("x.c:may:never uid", "it fits"),
    ("x.c:may:0 -> 0 #1", "it changes nothing"),
    ("x.c:may:_->st_uid == _", "is no change"),
    ("x.c:may:uid -> _ #1", "which is no name"),
    ("x.c:may:never _)) {", "closes a bracket"),
    ("x.c:may:never _->st_uid == _ #2", "fits nothing there"),
    ("x.c:may:never _->mode AND nowhere: never _", "has no nowhere"),
]


class Tap:
    count = failed = 0

    def result(self, is_good, title, note=""):
        self.count += 1
        self.failed += not is_good
        print(f"{'ok' if is_good else 'not ok'} {self.count} - {title}" + (f"\n# {note}" if note and not is_good else ""))


def words(text):
    return " ".join(t.text for t in changes.tokens.scan(text))


def write(text, path="common/base/x.c"):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    changes.product.cache_clear()
    changes.opened.cache_clear()


def outcome(place):
    """-> the text after the change, and how many lines it has; or what is wrong"""
    try:
        source, edits = changes.resolve(place)
        return source.changed(edits), None
    except changes.Unresolved as error:
        return "", str(error)


def main():
    tap = Tap()
    tap.result(changes.check() == 0, "every row of the list names what is there")
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        try_all(tap)
        os.chdir("/")
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


def try_all(tap):
    for change, wanted in CHANGES:
        write(SOURCE)
        text, wrong = outcome(f"x.c:{change}")
        tap.result(not wrong and words(wanted) in words(text), change, wrong or words(text))
        tap.result(text.count("\n") == SOURCE.count("\n"), f"{change}: lines stay where they are")
        if "other:" not in change:
            write(LATER)
            text, wrong = outcome(f"x.c:{change}")
            tap.result(not wrong, f"{change}: also with other names and lines", wrong)
    write(SOURCE)
    for place, wanted in WRONG:
        text, wrong = outcome(place)
        if wanted is None:
            tap.result(not wrong, f"{place}: found in the file that it has moved to", wrong)
        else:
            tap.result(wrong is not None and wanted in wrong, f"{place}: {wanted}", wrong or words(text))
    write(SOURCE, "common/policy/z.c")
    os.remove("common/base/x.c")
    changes.product.cache_clear()
    tap.result(outcome("z.c:may:drop O_NOFOLLOW")[1] is None, "a file is found in another room")
    write("static bool may(void)\n{\n\treturn true;\n}\n", "credhelper/cli/y.c")
    tap.result("may is in common/policy/z.c and in credhelper/cli/y.c" in (outcome("x.c:may:drop O_NOFOLLOW")[1] or ""),
               "a function that has moved, and that two files have, is not guessed", outcome("x.c:may:drop O_NOFOLLOW")[1])
    write('ROW(one, 1)\nROW(one, 2)\nROW(two, 3)\n', "common/base/rows.def")
    tap.result(words(outcome("rows.def:one:drop row")[0]) == "ROW ( two , 3 )", "rows of a .def go together")


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    sys.exit(main())
