package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unicode/utf8"
)

// sourceFile is a real file and what prettier itself makes of it.
type sourceFile struct {
	path     string // below the root, with slashes
	source   string
	expected expectation
}

// extensions of files that the formatter knows by their names.
var extensions = map[string]bool{
	".js": true, ".cjs": true, ".mjs": true, ".ts": true, ".cts": true, ".mts": true, ".css": true,
	".scss": true, ".less": true, ".json": true, ".md": true, ".yaml": true, ".yml": true,
	".html": true, ".vue": true, ".graphql": true,
}

// corpusLimits bound what readCorpus takes.
type corpusLimits struct {
	files     int
	bytes     int64 // of all files
	fileBytes int64 // of one
}

type foundFile struct {
	path string
	size int64
}

// readCorpus takes source files of a tree: the same ones each time, from all over it, and of rare
// kinds as many as of the others as far as there are any.
func readCorpus(root string, limits corpusLimits) ([]sourceFile, error) {
	kinds, err := findSources(root, limits.fileBytes)
	if err != nil {
		return nil, err
	}
	var files []sourceFile
	var bytes int64
	for _, found := range interleave(pick(kinds, limits.files)) {
		if bytes+found.size > limits.bytes {
			continue
		}
		source, err := os.ReadFile(filepath.Join(root, found.path))
		if err != nil {
			return nil, err
		}
		if !utf8.Valid(source) {
			continue
		}
		bytes += found.size
		files = append(files, sourceFile{path: filepath.ToSlash(found.path), source: string(source)})
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no source file of at most %d bytes", root, limits.fileBytes)
	}
	return files, nil
}

// findSources gives the files of each extension, sorted by path; the extensions are sorted too.
func findSources(root string, fileBytes int64) ([][]foundFile, error) {
	byKind := map[string][]foundFile{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path != root && strings.HasPrefix(entry.Name(), ".") {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		kind := filepath.Ext(path)
		if !entry.Type().IsRegular() || !extensions[kind] {
			return nil
		}
		info, err := entry.Info()
		if err != nil || info.Size() == 0 || info.Size() > fileBytes {
			return err
		}
		relative, err := filepath.Rel(root, path)
		byKind[kind] = append(byKind[kind], foundFile{relative, info.Size()})
		return err
	})
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(byKind))
	for name := range byKind {
		names = append(names, name)
	}
	sort.Strings(names)
	kinds := make([][]foundFile, len(names))
	for i, name := range names {
		kinds[i] = byKind[name] // WalkDir goes in lexical order
	}
	return kinds, nil
}

// pick shares `count` among the kinds: each gets as many as the others, but not more than it has.
// From a kind with more, it takes files at equal distances.
func pick(kinds [][]foundFile, count int) [][]foundFile {
	order := make([]int, len(kinds))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return len(kinds[order[a]]) < len(kinds[order[b]]) })
	picked := make([][]foundFile, len(kinds))
	for done, i := range order {
		share := count / (len(order) - done)
		if share > len(kinds[i]) {
			share = len(kinds[i])
		}
		for j := 0; j < share; j++ {
			picked[i] = append(picked[i], kinds[i][j*len(kinds[i])/share])
		}
		count -= share
	}
	return picked
}

// interleave mixes the kinds evenly, so that each tenant has files of several.
func interleave(kinds [][]foundFile) []foundFile {
	type placed struct {
		foundFile
		at float64 // of 1
	}
	var all []placed
	for _, files := range kinds {
		for i, file := range files {
			all = append(all, placed{file, (float64(i) + 0.5) / float64(len(files))})
		}
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].at < all[b].at })
	mixed := make([]foundFile, len(all))
	for i := range all {
		mixed[i] = all[i].foundFile
	}
	return mixed
}
