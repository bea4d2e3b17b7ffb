package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const realFile = "../bookmarks/data/bookmarks.html"

func TestSharesTogetherAreTheWholeFile(t *testing.T) {
	entries, err := readBookmarks(realFile)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < 2000 {
		t.Errorf("%d entries", len(entries))
	}
	for _, count := range []int{1, 7, 64, 1000} {
		shares, err := makeShares(entries, count)
		if err != nil {
			t.Fatal(err)
		}
		next := 0
		for i := range shares {
			path := filepath.Join(t.TempDir(), "share.html")
			if err := os.WriteFile(path, shares[i].file, 0o600); err != nil {
				t.Fatal(err)
			}
			read, err := readBookmarks(path)
			if err != nil {
				t.Fatal(err)
			}
			for j := range read {
				want := &entries[next]
				if read[j].url != want.url || read[j].section() != want.section() {
					t.Fatalf("entry %d: %+v instead of %+v", next, read[j], want)
				}
				next++
			}
			if begun, ended := bytes.Count(shares[i].file, []byte("<DL>")),
				bytes.Count(shares[i].file, []byte("</DL>")); begun != ended {
				t.Fatalf("%d lists begin, %d end", begun, ended)
			}
		}
		if next != len(entries) {
			t.Errorf("%d shares have %d of %d entries", count, next, len(entries))
		}
	}
}

func TestMoreTenantsThanEntriesShareThem(t *testing.T) {
	entries, err := readBookmarks(realFile)
	if err != nil {
		t.Fatal(err)
	}
	shares, err := makeShares(entries[:3], 5)
	if err != nil {
		t.Fatal(err)
	}
	if len(shares) != 5 || !bytes.Equal(shares[0].file, shares[3].file) {
		t.Errorf("%d shares", len(shares))
	}
}

const small = `<!DOCTYPE NETSCAPE-Bookmark-file-1>
<DL><p>
    <DT><H3>A &amp; B</H3>
    <DL><p>
        <DT><A HREF="https://example.org/?a=1&amp;b=2" TAGS="red,Green">one: the Thing</A>
        <DD>described here
        <DT><A HREF="https://example.org/?a=1&amp;b=2">the same again</A>
    </DL><p>
    <DT><A HREF="https://example.com/other">nothing but other things</A>
</DL><p>
`

func TestWhatASearchFindsIsKnown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "small.html")
	if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	entries, err := readBookmarks(path)
	if err != nil {
		t.Fatal(err)
	}
	if entries[0].url != "https://example.org/?a=1&b=2" || entries[0].section() != "A & B" {
		t.Errorf("entry: %+v", entries[0])
	}
	s := newShare(entries)
	if s.entries != 3 || s.rows != 2 {
		t.Errorf("%d entries, %d rows", s.entries, s.rows)
	}
	kept := distinct(entries)
	for word, rows := range map[string]int{
		"thing": 2, "described": 1, "green": 1, "example": 2, "com": 1, "again": 0, "b": 2,
	} {
		if known := newSearch(word, kept); known.rows != rows {
			t.Errorf("%q finds %d rows instead of %d", word, known.rows, rows)
		}
	}
	if word := titleWord("one: the Thing naïve x11"); word != "thing" {
		t.Errorf("word %q", word)
	}
	if word := entries[0].searchWord(); word != "thing" {
		t.Errorf("word %q", word)
	}
	entries[0].title = "x11"
	if word := entries[0].searchWord(); word != "described" {
		t.Errorf("word %q", word)
	}
}

func TestABookmarkFileWithoutBookmarksIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.html")
	for text, part := range map[string]string{
		"":                            "no bookmark",
		"<DL><p>\n</DL>\n</DL>":       "no bookmark",
		"<DT><A ADD_DATE=\"1\">x</A>": ":1: a bookmark without HREF",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readBookmarks(path); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
