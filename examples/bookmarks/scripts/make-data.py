#!/usr/bin/env python3
"""Make data/bookmarks.html from public Debian package metadata.

Reads the output of `apt-cache dumpavail` on standard input and writes a Netscape bookmark file to
standard output:

    apt-cache dumpavail | scripts/make-data.py > data/bookmarks.html

The same metadata gives the same bytes: entries are chosen and dated by a hash of the package's
name, never by a clock or a random number. Each entry is one line, each folder opens and closes on
lines of its own.
"""
import argparse
import hashlib
import html
import re
import sys
import urllib.parse

FOLDERS = {
    "Programming": ["devel", "libs", "libdevel", "vcs", "debug", "embedded"],
    "Programming/Languages": [
        "python", "perl", "ruby", "rust", "golang", "java", "javascript", "php", "haskell",
        "ocaml", "lisp", "gnu-r", "cli-mono", "interpreters",
    ],
    "Desktop": [
        "gnome", "kde", "xfce", "x11", "gnustep", "editors", "fonts", "localization",
        "introspection",
    ],
    "Media": ["graphics", "sound", "video", "games"],
    "Network": ["net", "web", "httpd", "mail", "news", "comm", "zope"],
    "Science & Engineering": ["science", "math", "electronics", "hamradio", "education"],
    "System": ["admin", "utils", "shells", "kernel", "otherosfs", "database", "misc"],
    "Writing": ["text", "tex", "doc"],
}
# Package registries, their mirrors, and hosts that are nobody's home page.
EXCLUDED_HOST = re.compile(
    r"(^|\.)(pypi\.org|pypi\.python\.org|pythonhosted\.org|npmjs\.(com|org)|npm\.im"
    r"|rubygems\.org|crates\.io|lib\.rs|hackage\.haskell\.org|metacpan\.org|cpan\.org"
    r"|r-project\.org|bioconductor\.org|packagist\.org|pear\.php\.net|pecl\.php\.net|ctan\.org"
    r"|clojars\.org|maven\.org|mvnrepository\.com|pkg\.go\.dev|godoc\.org|nuget\.org"
    r"|packages\.debian\.org|launchpad\.net|localhost|example\.(com|org|net))$"
    r"|^(mirrors?|ftp|deb|apt|packages|snapshot)\d*\.|^[\d.]+$"
)
NO_SOFTWARE = re.compile(r"transitional|dummy package", re.IGNORECASE)
TAG_FACETS = ("use", "works-with", "implemented-in", "interface", "field")
FIRST_DATE = 1420070400  # 2015-01-01, so that dates are plausible
DATE_SPAN = 10 * 365 * 86400


def paragraphs(lines):
    """Yield each package of a control file as a dict; of a description only its first line."""
    fields, name = {}, ""
    for line in lines:
        line = line.rstrip("\n")
        if not line:
            if fields:
                yield fields
            fields, name = {}, ""
        elif line[0] not in " \t":
            name, _, value = line.partition(":")
            fields[name] = value.strip()
        elif not name.startswith("Description"):
            fields[name] += " " + line.strip()
    if fields:
        yield fields


def digest(text):
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def is_home_page(url):
    if not re.match(r"https?://[\x21-\x7e]+$", url) or re.search(r'[<>"\\^`{}|]', url):
        return False
    try:
        host = urllib.parse.urlsplit(url).hostname
    except ValueError:
        return False
    return bool(host) and "." in host and not EXCLUDED_HOST.search(host)


def tags_of(fields):
    tags = []
    for tag in fields.get("Tag", "").split(","):
        facet, _, value = tag.strip().partition("::")
        if facet in TAG_FACETS and re.fullmatch(r"[a-z0-9+-]+", value) and value not in tags:
            tags.append(value)
    return tags[:4]


def by_length(entry):
    return len(entry["package"]), entry["package"]


def candidates(lines, sections):
    """Packages by section: one for each home page, the one with the shortest name."""
    best = {}
    for fields in paragraphs(lines):
        package, url = fields.get("Package", ""), fields.get("Homepage", "")
        section = fields.get("Section", "").rpartition("/")[2]
        summary = fields.get("Description-en", fields.get("Description", ""))
        if section not in sections or not summary or not is_home_page(url):
            continue
        if NO_SOFTWARE.search(summary):
            continue
        entry = {
            "package": package,
            "url": url,
            "section": section,
            "summary": summary,
            "tags": tags_of(fields),
        }
        key = url.rstrip("/").lower().replace("http://", "https://")
        if key not in best or by_length(entry) < by_length(best[key]):
            best[key] = entry
    by_section = {}
    for entry in best.values():
        by_section.setdefault(entry["section"], []).append(entry)
    return by_section


def choose(by_section, count):
    """Take the same share of each section, at least some of each, by the order of their hashes."""
    total = sum(len(entries) for entries in by_section.values())
    chosen = {}
    for section in sorted(by_section):
        entries = sorted(
            by_section[section], key=lambda entry: (digest(entry["package"]), entry["package"])
        )
        share = max(8, count * len(entries) // total)
        chosen[section] = entries[:share]
    while sum(map(len, chosen.values())) > count:
        longest = max(sorted(chosen), key=lambda section: len(chosen[section]))
        chosen[longest].pop()
    return chosen


def date_of(name):
    return FIRST_DATE + digest("date " + name) % DATE_SPAN


def folder_line(indent, name):
    return f'{indent}<DT><H3 ADD_DATE="{FIRST_DATE}">{html.escape(name)}</H3>\n{indent}<DL><p>\n'


def entry_line(indent, entry):
    tags = f' TAGS="{html.escape(",".join(entry["tags"]))}"' if entry["tags"] else ""
    url, date = html.escape(entry["url"]), date_of(entry["package"])
    title = html.escape(f'{entry["package"]}: {entry["summary"]}')
    return f'{indent}<DT><A HREF="{url}" ADD_DATE="{date}"{tags}>{title}</A>\n'


HEAD = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<!-- Home pages of free software, from the metadata of Debian packages. -->
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
"""


def write(chosen, out):
    out.write(HEAD)
    opened = []
    for folder, sections in FOLDERS.items():
        path = folder.split("/")
        while opened != path[:len(opened)]:
            opened.pop()
            out.write("    " * (len(opened) + 1) + "</DL><p>\n")
        for name in path[len(opened):]:
            out.write(folder_line("    " * (len(opened) + 1), name))
            opened.append(name)
        for section in sections:
            if section not in chosen:
                continue
            indent = "    " * (len(opened) + 1)
            out.write(folder_line(indent, section))
            for entry in sorted(chosen[section], key=lambda entry: entry["package"]):
                out.write(entry_line(indent + "    ", entry))
            out.write(indent + "</DL><p>\n")
    for depth in range(len(opened), 0, -1):
        out.write("    " * depth + "</DL><p>\n")
    out.write("</DL><p>\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=3000, help="how many entries (3000)")
    arguments = parser.parse_args()
    known = {section for sections in FOLDERS.values() for section in sections}
    by_section = candidates(sys.stdin, known)
    chosen = choose(by_section, arguments.count)
    written = sum(map(len, chosen.values()))
    if written < arguments.count:
        sys.exit(f"make-data: {arguments.count} entries asked for, the metadata has {written}")
    write(chosen, sys.stdout)


if __name__ == "__main__":
    main()
