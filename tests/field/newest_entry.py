"""The newest entry of a changelog, as its author wrote it: found, taken out, and the text as it was before."""

import collections
import re

DATE = re.compile(
    r"\b(?:19|20)\d\d[-/]\d\d?[-/]\d\d?\b|\b\d\d?[-/]\d\d?[-/]20\d\d\b"
    r"|\b(?:\d\d?(?:st|nd|rd|th)?,? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,? "
    r"(?:\d\d?(?:st|nd|rd|th)?,? )?20\d\d\b"
)
VERSION = re.compile(
    r"(?<![\w.#])v?(\d+(?:\.\d+)+(?:[-.]?(?:a|b|rc|post|dev|alpha|beta)\.?\d*)?)\b(?![./]\d)"
)
OPEN = re.compile(
    r"unreleased|upcoming|next release|not (yet )?released|\bTB[DA]\b|in development|^\W*(next|main|master|dev)\W*$",
    re.I,
)
ITEM = re.compile(r"^(\s*)([-*+•]|\d+[.)]|#\.)(\s+)(?=\S)")
RULE = re.compile(r"^([=\-~^\"'`#*+:._])\1{2,}\s*$")


class Taken:
    """The newest entry and the text without it; `why` says what is missing if there is none."""

    def __init__(self, text, rst):
        self.why = ""
        self.lines = text.splitlines(keepends=True)
        self.rst = rst
        heads = self.headings()
        versions = [h for h in heads if self.is_version(h)]
        if not versions:
            self.why = "no version heading"
            return
        self.skip_empty(heads, versions)
        self.head = versions[0]
        self.versions = [
            VERSION.search(self.plain(h[0])).group(1)
            for h in versions[1:]
            if VERSION.search(self.plain(h[0]))
        ]
        level = collections.Counter(h[1] for h in versions).most_common(1)[0][0]
        below = [h for h in versions if h[0] > self.head[0] and h[1] == level]
        end = below[0][0] if below else len(self.lines)
        self.take(heads, end)

    def skip_empty(self, heads, versions):
        """A newest section without any entry shows nothing: the text begins with the next one."""
        if len(versions) < 2 or versions[0][1] != versions[1][1]:
            return
        first, second = versions[0][0], versions[1][0]
        if any(ITEM.match(self.plain(at)) for at in range(first + 1, second)):
            return
        if sum(bool(self.plain(at).strip()) for at in range(first, second)) > 6:
            return
        self.lines = self.lines[:first] + self.lines[second:]
        heads[:] = self.headings()
        versions[:] = [h for h in heads if self.is_version(h)]

    def plain(self, at):
        return self.lines[at].rstrip("\r\n")

    def headings(self):
        """(line, style) of hash, underlined and bold headings outside fences."""
        found, fence = [], False
        for at, line in enumerate(self.lines):
            line = line.rstrip("\r\n")
            if line.lstrip().startswith("```"):
                fence = not fence
            if fence or not line.strip() or ITEM.match(line):
                continue
            following = self.plain(at + 1) if at + 1 < len(self.lines) else ""
            if re.match(r"#{1,6}\s", line) and not self.rst:
                found.append((at, line.split()[0]))
            elif (
                (RULE.match(following) or (len(line.strip()) == 2 and following in ("--", "==")))
                and not RULE.match(line)
                and (
                    at == 0
                    or not self.plain(at - 1).strip()
                    or RULE.match(self.plain(at - 1))
                    or VERSION.search(line)
                )
            ):
                found.append((at, following[0]))
            elif re.match(r"\*\*[^*]+\*\*:?$", line):
                found.append((at, "bold"))
            elif (
                re.match(r"v?\d+(\.\d+)+\b.{0,40}$|Version \d|[Rr]elease \d", line)
                and not following.strip()
            ):
                found.append((at, "bare"))
        return found

    def is_version(self, head):
        line = self.plain(head[0])
        found = VERSION.search(line)
        few = found and len(line[: found.start()].split()) <= 4 and len(line) < 120
        return bool(few or (OPEN.search(line) and len(line) < 60))

    def take(self, heads, end):
        items = [at for at in range(self.head[0] + 1, end) if ITEM.match(self.plain(at))]
        if not items:
            self.why = "no entry in the newest section"
            return
        indent = len(ITEM.match(self.plain(items[0])).group(1))
        inner = [h for h in heads if self.head[0] < h[0] < end]
        stop = min([h[0] for h in inner if h[0] > items[0]] + [end])
        entries = self.entries(items[0], stop, indent)
        self.siblings = entries
        numbers = [
            int(n.group(1))
            for n in (
                re.search(r"(?:#|issues/|pull/|`)(\d+)", t)
                for t in (self.words(*e) for e in entries)
            )
            if n
        ]
        falls = sum(a > b for a, b in zip(numbers, numbers[1:]))
        rises = sum(a < b for a, b in zip(numbers, numbers[1:]))
        wanted = entries if falls > rises and falls > 1 else entries[::-1]
        simple = [e for e in wanted if self.simple(*e)]
        if not simple:
            self.why = "no entry of one paragraph in the newest list"
            return
        self.first, self.end = simple[0]
        self.category = self.category_of([h for h in inner if h[0] < items[0]], items[0])
        place = entries.index((self.first, self.end))
        if place > 0:  # the blank lines in front go, too
            self.rest = self.lines[: entries[place - 1][1]] + self.lines[self.end :]
        elif len(entries) > 1:
            self.rest = self.lines[: self.first] + self.lines[entries[1][0] :]
        else:
            self.rest = self.lines[: self.first] + self.lines[self.end :]
        self.alone = len(entries) == 1
        if self.rest and self.end == len(self.lines) and not self.lines[-1].endswith("\n"):
            self.rest[-1] = self.rest[-1].rstrip("\r\n")

    def entries(self, at, stop, indent):
        found, blank = [], False
        for line in range(at, stop):
            words = self.plain(line)
            item = ITEM.match(words)
            if not words.strip():
                blank = True
                continue
            if item and len(item.group(1)) <= indent + 1:
                found.append((line, line + 1))
            elif not blank or len(words) - len(words.lstrip()) > indent:
                found[-1] = (found[-1][0], line + 1)
            else:
                break
            blank = False
        return found

    def simple(self, first, end):
        return all(
            self.plain(at).strip() and not ITEM.match(self.plain(at))
            for at in range(first + 1, end)
        )

    def words(self, first, end):
        lines = [self.plain(at) for at in range(first, end)]
        lines[0] = ITEM.sub("", lines[0])
        return " ".join(line.strip() for line in lines)

    def in_list(self, got, line):
        """Did the writer put this line into the list that the entry came from?"""
        lines = [other for other in got.splitlines() if other.strip()]
        at = lines.index(line)
        beside = {self.plain(at) for first, end in self.siblings for at in range(first, end)}
        size = len([other for other in self.lines[self.first : self.end] if other.strip()])
        return lines[at - 1] in beside or lines[min(at + size, len(lines) - 1)] in beside

    def sentence(self):
        """One line, code between single backticks."""
        return re.sub(r"``([^`]+)``", r"`\1`", self.words(self.first, self.end))

    def category_of(self, inner, item):
        if inner:
            words = self.plain(inner[-1][0])
            return re.sub(r"^#+\s*|\s*#+$", "", words).strip().strip("*").rstrip(":")
        above = item - 1
        while above > self.head[0] and not self.plain(above).strip():
            above -= 1
        words = self.plain(above).strip()
        label = re.match(r"^(?:\*\*|__|\*)?([A-Z][\w /&-]{2,40}?)(?:\*\*|__|\*)?:?$", words)
        return (
            label.group(1)
            if label and above > self.head[0] + 1 and (words[0] in "*_" or words.endswith(":"))
            else ""
        )

    def open_heading(self, lines):
        """The text as it was before the release: no date, the word unreleased in its place."""
        at = self.head[0]
        lines = list(lines)
        heading = lines[at]
        if OPEN.search(heading):
            return lines
        if DATE.search(heading):
            lines[at] = DATE.sub("unreleased", heading, count=1)
            return lines
        for below in range(at + 1, min(at + 6, self.first)):
            if DATE.search(lines[below]) and len(lines[below]) < 90:
                lines[below] = DATE.sub("unreleased", lines[below], count=1)
                return lines
        return lines
