package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"modelbeam/tunnel/page/bundle"
)

// document is a page in one piece, in each of its languages. It is made when somebody first wants it, and what
// is kept is packed: most of the time nobody loads the page.
type document struct {
	files   fs.FS
	name    string
	words   fs.FS  // a file of words for each language; nil for a page that says nothing
	policy  string // Content-Security-Policy, with places for the hashes
	framing string // X-Frame-Options, for browsers without frame-ancestors
	others  func() []string

	languages []string
	made      map[string]func() *edition
}

// edition is a document in one language.
type edition struct {
	packed          []byte // with gzip
	length          int    // unpacked
	sum             [sha256.Size]byte
	scripts, styles string // for the policy
}

// noWords is where the words go.
const noWords = `<script type="application/json" id="words">{}</script>`

func newDocument(files fs.FS, name string, words fs.FS, others func() []string) *document {
	d := &document{files: files, name: name, words: words, policy: pagePolicy, framing: "DENY", others: others, made: map[string]func() *edition{}}
	if name == framedFile {
		d.words, d.policy, d.framing = nil, framedPolicy, "SAMEORIGIN"
	}
	d.languages = []string{fallback}
	if d.words != nil {
		d.languages = languagesIn(d.words)
	}
	for _, language := range d.languages {
		d.made[language] = sync.OnceValue(func() *edition { return d.make(language) })
	}
	return d
}

// languagesIn returns the languages of a folder with a file for each.
func languagesIn(words fs.FS) []string {
	names, err := fs.Glob(words, "*.json")
	if err != nil {
		panic(err) // the pattern is constant
	}
	for i, name := range names {
		names[i] = strings.TrimSuffix(name, path.Ext(name))
	}
	return names
}

// make panics where the page is not as bundle wants it: it is embedded, and a test looks.
func (d *document) make(language string) *edition {
	made, err := bundle.Build(d.files, d.name)
	if err != nil {
		panic(err)
	}
	content := made.HTML
	if d.words != nil {
		content = bytes.Replace(content, []byte(noWords), d.wordsIn(language), 1)
	}
	return &edition{
		packed:  pack(content),
		length:  len(content),
		sum:     sha256.Sum256(content),
		scripts: strings.Join(made.Scripts, " "),
		styles:  strings.Join(made.Styles, " "),
	}
}

// wordsIn is the element with the words of a language. Nothing of it is a script, so no policy asks about it.
func (d *document) wordsIn(language string) []byte {
	text, err := fs.ReadFile(d.words, language+".json")
	if err != nil {
		panic(err) // it was listed, and is embedded
	}
	var words bytes.Buffer
	json.HTMLEscape(&words, text) // no "<" may end the element
	var short bytes.Buffer
	if err := json.Compact(&short, words.Bytes()); err != nil {
		panic(fmt.Sprintf("words in %s: %v", language, err))
	}
	return fmt.Appendf(nil, `<script type="application/json" id="words" data-language=%q>%s</script>`, language, short.Bytes())
}

func (d *document) serve(w http.ResponseWriter, r *http.Request) {
	e := d.made[choose(r.Header.Get("Accept-Language"), d.languages)]()
	policy := d.policyFor(r, e)
	etag := tagOf(e.sum, policy)
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", d.framing)
	h.Set("Cache-Control", "no-cache") // kept, but asked about: an update must show at once
	h.Set("ETag", etag)
	h.Add("Vary", "Accept-Encoding, Accept-Language")
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", pageTypes[".html"])
	e.send(w, r)
}

func (e *edition) send(w http.ResponseWriter, r *http.Request) {
	packed := strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
	length := e.length
	if packed {
		w.Header().Set("Content-Encoding", "gzip")
		length = len(e.packed)
	}
	w.Header().Set("Content-Length", strconv.Itoa(length))
	switch {
	case r.Method == http.MethodHead:
	case packed:
		_, _ = w.Write(e.packed)
	default:
		if content, err := gzip.NewReader(bytes.NewReader(e.packed)); err == nil {
			_, _ = io.Copy(w, content)
		}
	}
}

// policyFor is the policy with the hashes of what runs in the page, and with all our addresses, so that the page
// can find out which of them the phone reaches, and can come back by one; for the frame with the address that
// it has.
func (d *document) policyFor(r *http.Request, e *edition) string {
	policy := strings.NewReplacer(scriptHashes, e.scripts, styleHashes, e.styles, spelledOut, spell(r.Host)).Replace(d.policy)
	if d.policy != pagePolicy {
		return policy
	}
	sources := "connect-src 'self'"
	for _, other := range d.others() {
		if host, ok := strings.CutPrefix(other, "http://"); ok && policyHost.MatchString(host) {
			sources += " " + other
		}
	}
	return strings.Replace(policy, "connect-src 'self'", sources, 1)
}

// tagOf is of the policy too: browsers keep the policy that came with the file when they are told that
// it has not changed. It is a weak one, since the file comes packed or not (RFC 9110 section 8.8.1).
func tagOf(sum [sha256.Size]byte, policy string) string {
	sum = sha256.Sum256(append(slices.Clone(sum[:]), policy...))
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// pack returns content with gzip.
func pack(content []byte) []byte {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is constant
	}
	_, _ = w.Write(content) // a buffer does not fail
	_ = w.Close()
	return bytes.Clone(packed.Bytes())
}
