// Package bundle puts the parts of a page into one document, so that all of it comes with one answer: scripts
// with the modules that they import, style sheets and pictures, each without what only its authors read. What
// comes of the same files is always the same.
//
// It works on pages as assets/connect has them, and says where one is written otherwise: an import or an export
// is one line that begins with that word, and everything is imported by its relative path. No module waits for
// something while it is loaded, and none imports itself by way of others.
package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
)

// Document is a page in one piece, with what a Content-Security-Policy says of it: the hashes of its scripts and
// of its style sheets, "'sha256-...'" each.
type Document struct {
	HTML            []byte
	Scripts, Styles []string
}

// What a page loads, each on a line of its own or in one.
var parts = regexp.MustCompile(`<script src="/([\w/.-]+)"></script>|` + // runs at once, and is written for every browser
	`<script type="module" src="/([\w/.-]+)"></script>|` +
	`<link rel="stylesheet" href="/([\w/.-]+)">|` +
	`(?:src|href)="/([\w/.-]+\.svg)"`)

// Build makes the document of a page below files.
//
// A module script becomes one that runs as soon as it is read, not after all of the page: it stands where all
// is before it that it needs. What an earlier script has loaded is not loaded again.
func Build(files fs.FS, page string) (*Document, error) {
	source, err := fs.ReadFile(files, page)
	if err != nil {
		return nil, fmt.Errorf("bundle a page: %w", err)
	}
	b := &builder{files: files, loaded: map[string]bool{}, minifier: newMinifier(), document: &Document{}}
	var out bytes.Buffer
	for {
		at := parts.FindSubmatchIndex(source)
		if at == nil {
			break
		}
		out.Write(source[:at[0]])
		if err := b.embed(&out, source, at); err != nil {
			return nil, fmt.Errorf("bundle %s: %w", page, err)
		}
		source = source[at[1]:]
	}
	out.Write(source)
	b.document.HTML = out.Bytes()
	return b.document, nil
}

type builder struct {
	files    fs.FS
	loaded   map[string]bool // modules that a script of the document has
	minifier *minify.M
	document *Document
}

// newMinifier writes nothing that came to the language later than what it reads: the page's oldest browsers
// read that of 2020 and a few things more, which stay as they are.
func newMinifier() *minify.M {
	m := minify.New()
	m.Add("text/javascript", &js.Minifier{Version: 2020})
	m.Add("text/css", &css.Minifier{Version: 3})
	return m
}

// embed writes what stands for one of parts, at these places in the page's source.
func (b *builder) embed(out *bytes.Buffer, source []byte, at []int) error {
	name := func(group int) string {
		if at[2*group] < 0 {
			return ""
		}
		return string(source[at[2*group]:at[2*group+1]])
	}
	switch {
	case name(1) != "":
		text, err := fs.ReadFile(b.files, name(1))
		if err != nil {
			return err
		}
		return b.script(out, text)
	case name(2) != "":
		text, err := b.modules(name(2))
		if err != nil {
			return err
		}
		return b.script(out, text)
	case name(3) != "":
		return b.style(out, name(3))
	}
	return b.picture(out, source[at[0]:at[1]], name(4))
}

func (b *builder) script(out *bytes.Buffer, text []byte) error {
	text, err := b.minifier.Bytes("text/javascript", text)
	if err != nil {
		return err
	}
	// "</script" within a text would end it (https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements).
	if bytes.Contains(bytes.ToLower(text), []byte("</script")) || bytes.Contains(text, []byte("<!--")) {
		text = escapeEnds(text)
	}
	fmt.Fprintf(out, "<script>%s</script>", text)
	b.document.Scripts = append(b.document.Scripts, hash(text))
	return nil
}

func (b *builder) style(out *bytes.Buffer, name string) error {
	text, err := fs.ReadFile(b.files, name)
	if err != nil {
		return err
	}
	if text, err = b.minifier.Bytes("text/css", text); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(out, "<style>%s</style>", text)
	b.document.Styles = append(b.document.Styles, hash(text))
	return nil
}

// picture writes the attribute that names a picture, with all of the picture in it.
func (b *builder) picture(out *bytes.Buffer, attribute []byte, name string) error {
	text, err := fs.ReadFile(b.files, name)
	if err != nil {
		return err
	}
	attr, _, _ := bytes.Cut(attribute, []byte("="))
	fmt.Fprintf(out, `%s="data:image/svg+xml,%s"`, attr, drawing.Replace(strings.Join(strings.Fields(string(text)), " ")))
	return nil
}

// drawing writes an SVG for a URL within an attribute (https://www.rfc-editor.org/rfc/rfc2397).
var drawing = strings.NewReplacer(`"`, "'", "%", "%25", "#", "%23", "<", "%3C", ">", "%3E", "&", "%26")

func escapeEnds(script []byte) []byte {
	script = regexp.MustCompile(`(?i)</(script)`).ReplaceAll(script, []byte(`<\/$1`))
	return bytes.ReplaceAll(script, []byte("<!--"), []byte(`<\!--`))
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// resolve is the path of a module that another one imports.
func resolve(importer, imported string) string { return path.Join(path.Dir(importer), imported) }
