package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// pageFile is one embedded file, ready to be sent. Its content stays where it is embedded: to read it copies it, and most
// of the time nobody loads the page.
type pageFile struct {
	content func() []byte
	sum     [sha256.Size]byte
	packed  func() []byte // content with gzip, made when somebody first wants it; nil when that saves nothing
	kind    string
	policy  string          // Content-Security-Policy
	framing string          // X-Frame-Options, for browsers without frame-ancestors
	others  func() []string // where the page may reach us too; nil for what is no document
}

func loadFile(files fs.FS, name string) (*pageFile, error) {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", name, err)
	}
	kind, ok := pageTypes[path.Ext(name)]
	if !ok {
		kind = "application/octet-stream"
	}
	read := func() []byte {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err) // it was read before, and is embedded
		}
		return content
	}
	f := &pageFile{
		content: read,
		sum:     sha256.Sum256(content),
		packed:  sync.OnceValue(func() []byte { return pack(read()) }),
		kind:    kind,
		policy:  pagePolicy,
		framing: "DENY",
	}
	if name == framedFile {
		f.policy, f.framing = framedPolicy, "SAMEORIGIN"
	}
	return f, nil
}

func (f *pageFile) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	policy := f.policyFor(r)
	etag := f.etag(policy)
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", f.framing)
	h.Set("Cache-Control", "no-cache") // kept, but asked about: an update must show at once
	h.Set("ETag", etag)
	h.Add("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	content := f.packed()
	if content != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
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

// policyFor is the policy with all our addresses, so that the page can find out which of them the phone
// reaches, and can come back by one; and for the frame with the address that it has.
func (f *pageFile) policyFor(r *http.Request) string {
	if f.policy != pagePolicy || f.others == nil {
		return strings.ReplaceAll(f.policy, spelledOut, spell(r.Host))
	}
	sources := "connect-src 'self'"
	for _, other := range f.others() {
		if host, ok := strings.CutPrefix(other, "http://"); ok && policyHost.MatchString(host) {
			sources += " " + other
		}
	}
	return strings.Replace(f.policy, "connect-src 'self'", sources, 1)
}

// etag is of the policy too: browsers keep the policy that came with the file when they are told that
// it has not changed. It is a weak one, since the file comes packed or not (RFC 9110 section 8.8.1).
func (f *pageFile) etag(policy string) string {
	sum := sha256.Sum256(append(f.sum[:], policy...))
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// pack returns content with gzip, or nil when that is not smaller.
func pack(content []byte) []byte {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write(content) // a buffer does not fail
	_ = w.Close()
	if packed.Len() >= len(content) {
		return nil
	}
	return packed.Bytes()
}
