package page

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// file is one embedded file, ready to be sent. Its content stays where it is embedded: to read it copies it, and
// most of the time nobody asks for it. What is kept from the first time that somebody does is packed.
type file struct {
	content func() []byte
	packed  func() []byte // with gzip; nil where that gains nothing
	sum     [sha256.Size]byte
	kind    string
}

func loadFile(files fs.FS, name string) (*file, error) {
	read := func() []byte {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err) // it is embedded
		}
		return content
	}
	if _, err := fs.Stat(files, name); err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	kind, ok := pageTypes[path.Ext(name)]
	if !ok {
		kind = "application/octet-stream"
	}
	packed := sync.OnceValue(func() []byte {
		content := read()
		if packed := pack(content); len(packed) < len(content) {
			return packed
		}
		return nil
	})
	return &file{content: read, packed: packed, sum: sha256.Sum256(read()), kind: kind}, nil
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	etag := tagOf(f.sum, filePolicy)
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", etag)
	h.Add("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	var content []byte
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		content = f.packed()
	}
	if content != nil {
		h.Set("Content-Encoding", "gzip")
	} else {
		content = f.content()
	}
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(content)
	}
}
