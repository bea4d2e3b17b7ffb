package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// share is one tenant's part of the bookmark file, and all that the host knows about it beforehand.
type share struct {
	file     []byte // a bookmark file of its own
	entries  int    // in the file
	rows     int    // bookmarks after the import: an address counts once a folder
	searches []search
}

// search is a search whose result is known.
type search struct {
	request []byte
	word    string
	rows    int             // that it must find
	urls    map[string]bool // of those rows
}

const (
	searchesPerShare = 8
	searchLimit      = 1000 // the library's own
	wordLengthMin    = 4
)

// makeShares gives each of `count` tenants a run of entries; when there are more tenants than
// entries, several have the same.
func makeShares(entries []bookmark, count int) ([]share, error) {
	parts := count
	if parts > len(entries) {
		parts = len(entries)
	}
	made := make([]share, parts)
	for i := range made {
		part := entries[i*len(entries)/parts : (i+1)*len(entries)/parts]
		made[i] = newShare(part)
		if len(made[i].searches) == 0 {
			return nil, fmt.Errorf("no title with a word to search for in share %d", i)
		}
	}
	shares := make([]share, count)
	for i := range shares {
		shares[i] = made[i%parts]
	}
	return shares, nil
}

func newShare(part []bookmark) share {
	s := share{file: writeFile(part), entries: len(part)}
	kept := distinct(part)
	s.rows = len(kept)
	for i := 0; i < len(kept) && len(s.searches) < searchesPerShare; i++ {
		// Entries from all over the share.
		entry := kept[i*len(kept)/searchesPerShare%len(kept)]
		if word := entry.searchWord(); word != "" {
			if known := newSearch(word, kept); known.rows <= searchLimit {
				s.searches = append(s.searches, known)
			}
		}
	}
	return s
}

// distinct leaves the second of two entries with the same address in the same folder out.
func distinct(part []bookmark) []bookmark {
	seen := map[string]bool{}
	var kept []bookmark
	for _, entry := range part {
		if key := entry.url + "\x00" + entry.section(); !seen[key] {
			seen[key] = true
			kept = append(kept, entry)
		}
	}
	return kept
}

// searchWord is a word to find the entry by: of its title, else the longest that it has.
func (b *bookmark) searchWord() string {
	found := titleWord(b.title)
	if found != "" {
		return found
	}
	for word := range b.words {
		longer := len(word) > len(found) || len(word) == len(found) && word < found
		if longer && isPlain(word) {
			found = word
		}
	}
	return found
}

// titleWord is the last plain word of a title, "" when there is none.
func titleWord(title string) string {
	found := ""
	for _, word := range strings.Fields(strings.ToLower(title)) {
		if isPlain(word) {
			found = word
		}
	}
	return found
}

// isPlain: long enough to find few, and ASCII letters, so that no rule of spelling can matter.
func isPlain(word string) bool {
	return len(word) >= wordLengthMin && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") == ""
}

func newSearch(word string, part []bookmark) search {
	s := search{word: word, urls: map[string]bool{}}
	for i := range part {
		if part[i].matches(word) {
			s.rows++
			s.urls[part[i].url] = true
		}
	}
	s.request, _ = json.Marshal(map[string]any{"query": word, "limit": searchLimit})
	return s
}

// writeFile writes entries, which are in the file's order, as a file in which every folder is open
// around its entries and none else.
func writeFile(part []bookmark) []byte {
	var text strings.Builder
	text.WriteString("<!DOCTYPE NETSCAPE-Bookmark-file-1>\n" +
		"<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=UTF-8\">\n" +
		"<TITLE>Bookmarks</TITLE>\n<H1>Bookmarks</H1>\n<DL><p>\n")
	var open []folder
	for _, entry := range part {
		same := 0
		for same < len(open) && same < len(entry.folders) && open[same] == entry.folders[same] {
			same++
		}
		for i := len(open); i > same; i-- {
			text.WriteString("</DL><p>\n")
		}
		for _, f := range entry.folders[same:] {
			text.WriteString(f.line + "\n<DL><p>\n")
		}
		open = entry.folders
		text.WriteString(strings.Join(entry.lines, "\n") + "\n")
	}
	for range open {
		text.WriteString("</DL><p>\n")
	}
	text.WriteString("</DL><p>\n")
	return []byte(text.String())
}
