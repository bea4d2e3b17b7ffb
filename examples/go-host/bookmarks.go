package main

import (
	"fmt"
	"html"
	"os"
	"regexp"
	"strings"
	"unicode"
)

// bookmark is one entry of the file, as far as the host must know it to tell what a search finds.
type bookmark struct {
	lines   []string // as in the file
	folders []folder // outermost first
	url     string
	title   string
	words   map[string]bool // of all its fields, in small letters
}

type folder struct {
	line string // as in the file
	name string
}

var (
	entryTag  = regexp.MustCompile(`(?i)^\s*<DT><A\s([^>]*)>(.*)</A>\s*$`)
	folderTag = regexp.MustCompile(`(?i)^\s*<DT><H3[^>]*>(.*)</H3>\s*$`)
	listEnd   = regexp.MustCompile(`(?i)^\s*</DL>`)
	note      = regexp.MustCompile(`(?i)^\s*<DD>(.*)$`)
	href      = regexp.MustCompile(`(?i)HREF="([^"]*)"`)
	tags      = regexp.MustCompile(`(?i)TAGS="([^"]*)"`)
)

// readBookmarks reads a bookmark file in the form that browsers export: one tag a line.
func readBookmarks(path string) ([]bookmark, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var entries []bookmark
	var open []folder
	for i, line := range strings.Split(string(text), "\n") {
		if match := folderTag.FindStringSubmatch(line); match != nil {
			// A copy: entries keep the slice that they were read with.
			open = append(open[:len(open):len(open)], folder{line, html.UnescapeString(match[1])})
		} else if listEnd.MatchString(line) {
			if len(open) > 0 { // the last one ends the whole file
				open = open[:len(open)-1]
			}
		} else if match := entryTag.FindStringSubmatch(line); match != nil {
			entry, err := newBookmark(line, match[1], match[2], open)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
			}
			entries = append(entries, entry)
		} else if match := note.FindStringSubmatch(line); match != nil && len(entries) > 0 {
			last := &entries[len(entries)-1]
			last.lines = append(last.lines, line)
			last.addWords(html.UnescapeString(match[1]))
		}
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("%s: no bookmark in it", path)
	}
	return entries, nil
}

func newBookmark(line, attributes, title string, folders []folder) (bookmark, error) {
	address := href.FindStringSubmatch(attributes)
	if address == nil {
		return bookmark{}, fmt.Errorf("a bookmark without HREF")
	}
	entry := bookmark{
		lines:   []string{line},
		folders: folders,
		url:     html.UnescapeString(address[1]),
		title:   html.UnescapeString(title),
		words:   map[string]bool{},
	}
	entry.addWords(entry.url)
	entry.addWords(entry.title)
	if match := tags.FindStringSubmatch(attributes); match != nil {
		entry.addWords(html.UnescapeString(match[1]))
	}
	for _, f := range folders {
		entry.addWords(f.name)
	}
	return entry, nil
}

// addWords cuts a text into words as the library's index does.
func (b *bookmark) addWords(text string) {
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		b.words[word] = true
	}
}

func (b *bookmark) section() string {
	names := make([]string, len(b.folders))
	for i, f := range b.folders {
		names[i] = f.name
	}
	return strings.Join(names, "\x00")
}

// matches reports whether a search for one word finds the entry: it may be the beginning of one.
func (b *bookmark) matches(word string) bool {
	for known := range b.words {
		if strings.HasPrefix(known, word) {
			return true
		}
	}
	return false
}
